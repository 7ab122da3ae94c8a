# test: run
# Sums, differences, products and quotients of integers of one to hundreds of limbs, with carries that go
# through all of them; CPython gives the same number.
import random
random.seed(5)
def check(a,b):
    s=a+b; d=a-b; p=a*b
    return hash((s,d,p, a//b if b else 0, a%b if b else 0, -a, abs(b)))
acc=0
for bits_a in (1,60,61,62,63,64,65,127,128,129,1000,3071,3072,3073,3100,5000,20000):
    for bits_b in (1,61,64,65,128,3000,3072,3136,5000,20000):
        for _ in range(6):
            a=random.getrandbits(bits_a); b=random.getrandbits(bits_b)
            if random.random()<.3: a=(1<<bits_a)-1
            if random.random()<.3: b=1<<(bits_b-1)
            for x in (a,-a):
                for y in (b,-b):
                    acc=(acc*31+check(x,y))&0xffffffffffff
        # carries through all limbs
        m=(1<<bits_a)-1
        acc=(acc*31+hash((m+1, -m-1, (m+1)-1, m-(m+1), m*1, m*0, 0*m, m-m)))&0xffffffffffff
print(acc)
