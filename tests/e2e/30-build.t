# docker build: the course's application, the cache, what goes wrong
. "$(dirname "$0")/lib.sh"

cat >app.py <<'P'
from flask import Flask
app = Flask(__name__)

@app.route("/")
def hello():
    return "Hello from the test"

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
P
echo Flask >requirements.txt
cat >Dockerfile <<'P'
# a comment
FROM python:3.9-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
ENV GREETING=hello
LABEL course=docker
EXPOSE 5000
CMD ["python", "app.py"]
P
run docker build --no-cache -t app .
is 'the application builds without a network' $code 0
has 'pip says what it installed' "$out" 'Successfully installed Flask-3.1.1'
base=$(docker image inspect -f '{{len .RootFS.Layers}}' python:3.9-slim)
is 'four layers on top of the base' "$(docker image inspect -f '{{len .RootFS.Layers}}' app)" $((base + 4))
is 'the command is in the config' "$(docker image inspect -f '{{json .Config.Cmd}}' app)" '["python","app.py"]'
has 'the environment too' "$(docker image inspect -f '{{json .Config.Env}}' app)" 'GREETING=hello'
first=$(docker images -q app)
run docker build -t app .
is 'a second build is the same image' "$(docker images -q app)" "$first"
is 'from the cache' "$(echo "$out" | grep -c CACHED)" 4
touch app.py
run docker build -t app .
is 'a new time stamp is no change' "$(docker images -q app)" "$first"
echo '# changed' >>app.py
run docker build -t app .
has 'a changed file rebuilds from there on' "$out" '[4/5] RUN pip install --no-cache-dir -r requirements.txt
'
is 'and not what stands before it' "$(echo "$out" | grep -c CACHED)" 3

port=$(free_port)
docker run -d --name app -p "$port:5000" app >/dev/null
t 'the application answers' soon curl -sf "http://localhost:$port/"
is 'with its page' "$(curl -s "http://localhost:$port/")" 'Hello from the test'
docker rm -f app >/dev/null

run docker run --rm python:3.9-slim cat /etc/pip.conf
has 'what pip needs of this machine is there in a container' "$out" find-links
run docker run --rm app sh -c 'ls /etc/pip.conf; pip download --no-deps -q -d /tmp Flask && ls /tmp'
has 'and in one of a built image' "$out" flask

# What lies under the image is in no layer: a RUN that touches the neighbourhood.
mkdir under && cat >under/Dockerfile <<'P'
FROM python:3.9-slim
RUN rm -f /etc/pip.conf && touch /etc/of-mine
P
docker build -q -t under under >/dev/null
docker save under -o under.tar && mkdir x && tar -xf under.tar -C x
layer=$(docker image inspect -f '{{json .RootFS.Layers}}' under | tr -d '[]"' | tr , '\n' | tail -1 | sed 's/sha256://')
listing=$(for f in $(find x -type f); do sha256sum "$f" | grep -q "^$layer" && tar -tf "$f"; done)
is 'a layer holds what RUN changed in the image, and nothing else' "$(echo $listing)" 'etc/ etc/of-mine'

cat >Dockerfile.bad <<'P'
FROM busybox
COPYY . .
P
run docker build -f Dockerfile.bad .
is 'a parse error is exit code 1' $code 1
has 'with the frame' "$out" '   2 | >>> COPYY . .'
has 'and a suggestion' "$out" 'dockerfile parse error on line 2: unknown instruction: COPYY (did you mean COPY?)'
cat >Dockerfile.fails <<'P'
FROM busybox
RUN echo before; exit 3
P
run docker build -t fails -f Dockerfile.fails .
has 'a RUN that fails says its code' "$out" 'process "/bin/sh -c echo before; exit 3" did not complete successfully: exit code: 3'
is 'nothing half-built is tagged' "$(docker images -q fails)" ''
run docker build
has 'a build without a context says so' "$out" 'requires exactly 1 argument'

printf 'FROM busybox\nRUN sleep 7%s\n' $$ >Dockerfile.long
"$DRYDOCK_BIN" docker build -f Dockerfile.long . >/dev/null 2>&1 &
build=$!
t 'a build is under way' soon pgrep -f "sleep 7$$"
kill -9 $build
wait $build 2>/dev/null
t 'kill -9 of a build ends what it runs' soon sh -c "! pgrep -f '^sleep 7$$'"
printf 'FROM busybox\nRUN echo fine\n' >Dockerfile.next
t 'and the next build works' docker build -q -f Dockerfile.next .
done_testing
