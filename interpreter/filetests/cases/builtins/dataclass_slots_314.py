# test: run
# In a dataclass with slots, which is made anew, methods find the class that is left.
from dataclasses import dataclass


class Base:
    def hi(self):
        return "base"


@dataclass(slots=True)
class Slotted(Base):
    a: int

    def hi(self):
        return super().hi() + " slotted"

    @property
    def is_own(self):
        return __class__ is Slotted

    @staticmethod
    def static():
        return __class__ is Slotted


print(Slotted(1).hi(), Slotted(1).is_own, Slotted.static())
