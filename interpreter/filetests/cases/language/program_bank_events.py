# test: run
# A small simulation with events, classes, exceptions and reports.
from functools import total_ordering
class BankError(Exception): pass
class InsufficientFunds(BankError):
    def __init__(self, account, amount):
        self.account, self.amount = account, amount
        super().__init__(f"{account.owner} lacks {amount - account.balance}")
@total_ordering
class Account:
    _next = 1
    interest = 0
    def __init__(self, owner, balance=0):
        self.owner, self._balance = owner, balance
        self.number, Account._next = Account._next, Account._next + 1
        self.history = []
    @property
    def balance(self): return self._balance
    def _record(self, kind, amount):
        self.history.append((kind, amount, self._balance))
    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("deposits must be positive")
        self._balance += amount
        self._record("deposit", amount)
    def withdraw(self, amount):
        if amount > self.available():
            raise InsufficientFunds(self, amount)
        self._balance -= amount
        self._record("withdraw", amount)
    def available(self): return self._balance
    def month_end(self):
        gain = self._balance * self.interest // 100
        if gain:
            self._balance += gain
            self._record("interest", gain)
    def __eq__(self, other): return self.balance == other.balance
    def __lt__(self, other): return self.balance < other.balance
    def __repr__(self): return f"<{type(self).__name__} {self.number} {self.owner}: {self.balance}>"
class Savings(Account):
    interest = 3
    def withdraw(self, amount):
        super().withdraw(amount + 1)
class Credit(Account):
    def __init__(self, owner, limit):
        super().__init__(owner)
        self.limit = limit
    def available(self): return super().available() + self.limit
class Bank:
    def __init__(self): self.accounts = {}
    def __enter__(self): return self
    def __exit__(self, kind, value, trace):
        print("closing with", kind and kind.__name__)
        return False
    def open(self, cls, owner, *args):
        account = cls(owner, *args)
        self.accounts[account.number] = account
        return account
    def transfer(self, source, target, amount):
        source.withdraw(amount)
        try:
            target.deposit(amount)
        except ValueError:
            source.deposit(amount)
            raise
    def __iter__(self): yield from self.accounts.values()
    def __len__(self): return len(self.accounts)
    def total(self): return sum(a.balance for a in self)
with Bank() as bank:
    ada = bank.open(Account, "Ada", 100)
    bob = bank.open(Savings, "Bob", 500)
    cy = bank.open(Credit, "Cy", 200)
    failures = []
    for step in range(40):
        source, target = [ada, bob, cy][step % 3], [ada, bob, cy][(step * 2 + 1) % 3]
        try:
            bank.transfer(source, target, (step * 37) % 91)
        except InsufficientFunds as error:
            failures.append((step, str(error), error.amount))
        except ValueError as error:
            failures.append((step, str(error)))
        if step % 10 == 9:
            for account in bank:
                account.month_end()
    print(len(bank), bank.total(), sorted(bank), max(bank), min(bank))
    print(failures[:5], len(failures))
    for account in bank:
        kinds = {}
        for kind, amount, _ in account.history:
            kinds[kind] = kinds.get(kind, 0) + amount
        print(account, kinds, account.history[-1])
try:
    with bank:
        bank.transfer(ada, bob, 10**6)
except BankError as error:
    print(type(error).__name__, error)
