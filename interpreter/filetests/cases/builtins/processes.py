# test: run
# target: x86_64
# Under an emulator the programs that it starts are not the target's.
import os
import select
import subprocess
import sys
import tempfile
r = subprocess.run(["echo", "hi"], capture_output=True, text=True); print(r)
r = subprocess.run("cat; echo err >&2; exit 3", shell=True, input=b"data", capture_output=True); print(r.returncode, r.stdout, r.stderr)
print(subprocess.check_output(["pwd"], cwd="/"))
try: subprocess.run(["false"], check=True)
except subprocess.CalledProcessError as e: print(e)
try: subprocess.run(["/nonexistent/x"])
except FileNotFoundError as e: print(e)
try: subprocess.run(["ls"], cwd="/nonexistent")
except FileNotFoundError as e: print(e)
try: subprocess.run(["sleep", "5"], timeout=0.1)
except subprocess.TimeoutExpired as e: print("timeout", e.cmd)
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(p.communicate("x" * 300000)[0] == "x" * 300000, p.returncode)
p = subprocess.Popen(["sleep", "10"])
p.terminate()
print(p.wait())
print(os.system("exit 4") >> 8, os.popen("echo popen").read())
print(subprocess.run(["sh", "-c", "echo $A $HOME"], env={"A": "b"}, capture_output=True).stdout)
print(subprocess.run(["sh", "-c", "echo out; echo err >&2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout)
rd, wr = os.pipe()
print(select.select([rd], [], [], 0.01)[0])
os.write(wr, b"abc"); print(select.select([rd], [wr], [], 1)[0] == [rd], os.read(rd, 10))
po = select.poll(); po.register(rd, select.POLLIN); print(po.poll(10)); os.close(wr); print(po.poll(10) == [(rd, select.POLLHUP)])
d = os.dup(rd); os.close(rd); os.close(d)
path = tempfile.mktemp()
with open(path, "w") as f: subprocess.run(["echo", "to file"], stdout=f)
print(open(path).read(), subprocess.getoutput("echo a; echo b"), subprocess.getstatusoutput("false"))
