"""Richards: the simulated kernel of a small operating system.

Martin Richards' benchmark: six tasks (an idle task, a worker, two handlers, two
devices) pass packets to each other under a scheduler that runs the runnable task
of the highest priority. Size is the number of times the idle task runs. The
published check holds: after 10000 idle runs the scheduler has queued 23246
packets and held a task 9297 times.
"""

import harness_protocol

ID_IDLE, ID_WORKER, ID_HANDLER_A, ID_HANDLER_B, ID_DEVICE_A, ID_DEVICE_B = range(6)
TASK_COUNT = 6

KIND_DEVICE = 0
KIND_WORK = 1

DATA_SIZE = 4


class Packet:
    """A message: it sits in the queue of one task and names the task to go to."""

    def __init__(self, link, ident, kind):
        self.link = link
        self.ident = ident
        self.kind = kind
        self.datum = 0
        self.data = [0] * DATA_SIZE

    def append_to(self, queue):
        """Adds self as the last packet of `queue`; gives the head of the queue."""
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    """A task control block together with what the task does."""

    def __init__(self, kernel, ident, priority, queue):
        self.kernel = kernel
        self.ident = ident
        self.priority = priority
        self.queue = queue
        self.packet_pending = queue is not None
        self.task_waiting = queue is not None
        self.task_holding = False
        self.link = None
        kernel.install(self)

    def work(self, packet):
        raise NotImplementedError

    def is_blocked(self):
        return self.task_holding or (self.task_waiting and not self.packet_pending)

    def is_waiting_with_packet(self):
        return self.packet_pending and self.task_waiting and not self.task_holding

    def set_running(self):
        self.packet_pending = self.task_waiting = self.task_holding = False
        return self

    def accept(self, packet, sender):
        """Queues `packet` here; gives the task to run next."""
        if self.queue is None:
            self.queue = packet
            self.packet_pending = True
            if self.priority > sender.priority:
                return self
        else:
            packet.append_to(self.queue)
        return sender

    def step(self):
        """Runs the task once with the first packet, if it waited for one."""
        packet = None
        if self.is_waiting_with_packet():
            packet = self.queue
            self.queue = packet.link
            self.set_running()
            self.packet_pending = self.queue is not None
        return self.work(packet)

    def wait(self):
        self.task_waiting = True
        return self

    def hold(self):
        self.kernel.hold_count += 1
        self.task_holding = True
        return self.link

    def send(self, packet):
        kernel = self.kernel
        target = kernel.find(packet.ident)
        kernel.queue_count += 1
        packet.link = None
        packet.ident = self.ident
        return target.accept(packet, self)

    def release(self, ident):
        target = self.kernel.find(ident)
        target.task_holding = False
        if target.priority > self.priority:
            return target
        return self


class IdleTask(Task):
    """Wakes the two devices in the order that a shift register dictates."""

    def __init__(self, kernel, ident, priority, count):
        Task.__init__(self, kernel, ident, priority, None)
        self.seed = 1
        self.count = count

    def work(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.hold()
        if self.seed & 1:
            self.seed = self.seed >> 1 ^ 0xD008
            return self.release(ID_DEVICE_B)
        self.seed >>= 1
        return self.release(ID_DEVICE_A)


class WorkerTask(Task):
    """Fills packets with letters and sends them to the handlers in turn."""

    def __init__(self, kernel, ident, priority, queue):
        Task.__init__(self, kernel, ident, priority, queue)
        self.destination = ID_HANDLER_A
        self.letter = 0

    def work(self, packet):
        if packet is None:
            return self.wait()
        if self.destination == ID_HANDLER_A:
            self.destination = ID_HANDLER_B
        else:
            self.destination = ID_HANDLER_A
        packet.ident = self.destination
        packet.datum = 0
        for index in range(DATA_SIZE):
            self.letter = self.letter % 26 + 1
            packet.data[index] = ord("A") + self.letter - 1
        return self.send(packet)


class HandlerTask(Task):
    """Passes the letters of work packets one by one to its device."""

    def __init__(self, kernel, ident, priority, queue):
        Task.__init__(self, kernel, ident, priority, queue)
        self.work_in = None
        self.device_in = None

    def work(self, packet):
        if packet is not None:
            if packet.kind == KIND_WORK:
                self.work_in = packet.append_to(self.work_in)
            else:
                self.device_in = packet.append_to(self.device_in)
        work = self.work_in
        if work is not None:
            position = work.datum
            if position >= DATA_SIZE:
                self.work_in = work.link
                return self.send(work)
            device = self.device_in
            if device is not None:
                self.device_in = device.link
                device.datum = work.data[position]
                work.datum = position + 1
                return self.send(device)
        return self.wait()


class DeviceTask(Task):
    """Holds a packet until the idle task releases the device."""

    def __init__(self, kernel, ident, priority):
        Task.__init__(self, kernel, ident, priority, None)
        self.task_waiting = True
        self.pending = None

    def work(self, packet):
        if packet is not None:
            self.pending = packet
            self.kernel.letters += packet.datum
            return self.hold()
        pending = self.pending
        if pending is None:
            return self.wait()
        self.pending = None
        return self.send(pending)


class Kernel:
    """The scheduler and its task table."""

    def __init__(self):
        self.newest = None
        self.by_ident = [None] * TASK_COUNT
        self.queue_count = 0
        self.hold_count = 0
        self.letters = 0

    def install(self, task):
        task.link = self.newest
        self.newest = task
        self.by_ident[task.ident] = task

    def find(self, ident):
        task = self.by_ident[ident]
        if task is None:
            raise LookupError(f"no task has the identity {ident}")
        return task

    def schedule(self):
        task = self.newest
        while task is not None:
            if task.is_blocked():
                task = task.link
            else:
                task = task.step()


def device_packets(ident):
    queue = None
    for _ in range(3):
        queue = Packet(queue, ident, KIND_DEVICE)
    return queue


def simulate(idle_count):
    kernel = Kernel()
    idle = IdleTask(kernel, ID_IDLE, 0, idle_count)
    idle.set_running()
    queue = Packet(None, ID_WORKER, KIND_WORK)
    queue = Packet(queue, ID_WORKER, KIND_WORK)
    WorkerTask(kernel, ID_WORKER, 1000, queue)
    HandlerTask(kernel, ID_HANDLER_A, 2000, device_packets(ID_DEVICE_A))
    HandlerTask(kernel, ID_HANDLER_B, 3000, device_packets(ID_DEVICE_B))
    DeviceTask(kernel, ID_DEVICE_A, 4000)
    DeviceTask(kernel, ID_DEVICE_B, 5000)
    kernel.schedule()
    return kernel.queue_count, kernel.hold_count, kernel.letters


if __name__ == "__main__":
    harness_protocol.main("richards", version=1, size=25000, iterate=simulate)
