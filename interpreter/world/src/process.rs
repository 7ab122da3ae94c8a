//! The process: its number, its signals, its memory.

use crate::{Op, World};
use rustix::process::Pid;
use std::io;

impl World {
    pub fn process_id(&mut self) -> u32 {
        self.tap(
            Op::ProcessId,
            |_| (),
            |world| *world.process.get_or_insert_with(std::process::id),
        )
    }

    pub fn parent_id(&mut self) -> u32 {
        self.tap(
            Op::ParentId,
            |_| (),
            |_| std::os::unix::process::parent_id(),
        )
    }

    /// The user's number.
    pub fn user_id(&mut self) -> u32 {
        self.tap(Op::UserId, |_| (), |_| rustix::process::getuid().as_raw())
    }

    /// The number of the user's group.
    pub fn group_id(&mut self) -> u32 {
        self.tap(Op::GroupId, |_| (), |_| rustix::process::getgid().as_raw())
    }

    /// The number of the group of processes that a process is in; 0 stands for this one.
    pub fn process_group(&mut self, process: i32) -> io::Result<i32> {
        self.tap(
            Op::ProcessGroup,
            |q| _ = q.number(process),
            |_| {
                let group = rustix::process::getpgid(Pid::from_raw(process))?;
                Ok(group.as_raw_nonzero().get())
            },
        )
    }

    /// How many processes ran or waited to run, on average over one, five and fifteen minutes; in
    /// parts of 65536.
    pub fn load_averages(&mut self) -> Vec<u64> {
        self.tap(
            Op::LoadAverages,
            |_| (),
            |_| rustix::system::sysinfo().loads.map(u64::from).to_vec(),
        )
    }

    /// The machine's architecture, as Rust names it.
    pub fn architecture(&mut self) -> &'static str {
        std::env::consts::ARCH
    }

    /// Processors that the process may use.
    pub fn processors(&mut self) -> usize {
        self.tap(
            Op::Processors,
            |_| (),
            |_| std::thread::available_parallelism().map_or(1, |n| n.get()),
        )
    }

    /// Ends the process as an uncaught SIGINT does, so that a shell sees why.
    pub fn die_of_interrupt(&mut self) {
        self.tap(
            Op::DieOfInterrupt,
            |_| (),
            |_| {
                // Only an unknown signal is refused.
                let _ =
                    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
            },
        );
    }

    /// Ends the process. A tape was told of the [`World::end`] before.
    pub fn exit(&mut self, code: i32) -> ! {
        std::process::exit(code)
    }
}
