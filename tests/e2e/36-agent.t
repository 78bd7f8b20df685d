# docker build --ssh and --metadata-file
. "$(dirname "$0")/lib.sh"

mkdir empty
# an agent that says backwards what it is told
cat >agent.py <<'P'
import socket, sys, threading
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(8)
open("ready", "w").close()
def talk(c):
    while (data := c.recv(1000)):
        c.sendall(data[::-1])
    c.close()
while True:
    threading.Thread(target=talk, args=(s.accept()[0],), daemon=True).start()
P
python3 agent.py "$work/agent" >/dev/null 2>&1 &
agent=$!
trap 'kill $agent 2>/dev/null; cleanup' EXIT
soon test -e ready
cat >ask.py <<'P'
import os, socket, sys
def ask(path, word):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.sendall(word)
    return s.recv(1000).decode()
print("answers", *(ask(p, b"drawkcab") for p in sys.argv[1:]))
P
cat >Dockerfile <<'P'
FROM python:3.9-slim
COPY ask.py /
RUN --mount=type=ssh echo socket $SSH_AUTH_SOCK; if [ -e $SSH_AUTH_SOCK ]; then stat -c 'mode %a' $SSH_AUTH_SOCK; python3 /ask.py $SSH_AUTH_SOCK $SSH_AUTH_SOCK; else echo nobody; fi
P
run docker build --no-cache .
is 'without --ssh the mount is left out' $code 0
has 'its name is in the environment' "$out" ' socket /run/buildkit/ssh_agent.0'
has 'but nothing is there' "$out" ' nobody'
run env SSH_AUTH_SOCK="$work/agent" "$DRYDOCK_BIN" docker build --no-cache --ssh default -t ssh .
is '--ssh default' $code 0
has 'the agent answers in the container, as often as it is asked' "$out" ' answers backward backward'
has 'only root may talk to it' "$out" ' mode 600'
run docker run --rm ssh sh -c 'ls /run/buildkit /run/secrets; env'
hasnt 'nothing of it is in the image' "$out" ssh_agent
printf 'FROM python:3.9-slim\nCOPY ask.py /\nRUN --mount=type=ssh,id=a,required --mount=type=ssh,id=b,target=/b,mode=0666 python3 /ask.py /run/buildkit/ssh_agent.0 /b\n' >two
run docker build --no-cache -f two --ssh a="$work/agent" --ssh b="$work/agent" .
has 'two, by name and by place' "$out" ' answers backward backward'
run docker build --no-cache -f two --ssh b="$work/agent" .
has 'one that is required and not given' "$(echo "$out" | tail -1)" 'unset ssh forward key a'
run docker build --no-cache -f two .
has 'or none at all' "$(echo "$out" | tail -1)" 'no SSH key "a" forwarded from the client'
run env -u SSH_AUTH_SOCK "$DRYDOCK_BIN" docker build --ssh default .
is 'without an agent: exit code' $code 1
is 'and the words' "$out" 'ERROR: invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set'
run docker build --ssh x=nowhere .
is 'a socket that is not there' "$out" 'ERROR: stat nowhere: no such file or directory'
run docker build --ssh x="$work/agent" --ssh x="$work/agent" .
is 'one name twice' "$out" 'ERROR: invalid duplicate ID x'
run docker build --ssh x=Dockerfile .
has 'a file that is no socket' "$out" 'ERROR: failed to parse Dockerfile: '

# ---- --metadata-file
run docker build -t meta -t meta:2 --metadata-file meta.json .
is '--metadata-file' $code 0
id=$(docker image inspect -f '{{.Id}}' meta)
is "the image's name and digests under buildx's names" "$(python3 -c 'import json; print(*sorted(json.load(open("meta.json")).items()))')" "('containerimage.config.digest', '$id') ('containerimage.digest', '$id') ('image.name', 'docker.io/library/meta:latest,docker.io/library/meta:2')"
run docker build -q --metadata-file meta.json .
is 'an image without a name has none' "$(python3 -c 'import json; print(*sorted(json.load(open("meta.json"))))')" 'containerimage.config.digest containerimage.digest'
run docker build --metadata-file nowhere/meta.json .
is 'where it cannot be written' $code 1
has 'it is said' "$out" 'ERROR: open nowhere/meta.json: no such file or directory'
done_testing
