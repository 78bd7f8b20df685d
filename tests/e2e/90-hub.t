# the hub in the box: login, push, pull, and what is denied; with no network at all
. "$(dirname "$0")/lib.sh"
export HOME="$work/home"
mkdir -p "$HOME" app
D=$DRYDOCK_BIN
printf 'FROM busybox\nRUN echo pushed-%s > /pushed\nCMD ["cat", "/pushed"]\n' $$ >app/Dockerfile
docker build -q -t student/app app >/dev/null 2>&1

run docker push student/app
is 'a push by nobody fails' $code 1
has 'and is denied in the Hub'"'"'s words' "$out" 'denied: requested access to the resource is denied'
out=$(echo secret | docker login -u student --password-stdin 2>err)
is 'a login succeeds' "$out" 'Login Succeeded'
has 'where the password stands is said' "$(cat err)" "stored unencrypted in '$HOME/.docker/config.json'"
is 'config.json is the user'"'"'s alone' "$(stat -c %a "$HOME/.docker/config.json")" 600
run sh -c "echo wrong | '$D' docker login -u student --password-stdin"
is 'a wrong password fails' $code 1
has 'in the Hub'"'"'s words' "$out" 'unauthorized: incorrect username or password'

run docker push student/app
is 'the owner may push' $code 0
has 'the layer goes' "$out" ': Pushed'
has 'the digest is told' "$out" 'latest: digest: sha256:'
digest=$(printf '%s\n' "$out" | sed -n 's/^latest: digest: \(sha256:[0-9a-f]*\) .*/\1/p')
run docker push student/app
has 'a second push sends nothing' "$out" 'Layer already exists'
hasnt 'nothing at all' "$out" ': Pushed'
is 'inspect names it by digest' "$(docker inspect -f '{{index .RepoDigests 0}}' student/app)" "student/app@$digest"

docker tag student/app other/app
run docker push other/app
is 'pushing to another'"'"'s name fails' $code 1
has 'and is denied' "$out" 'denied: requested access to the resource is denied'
docker tag student/app student/second
run docker push student/second
has 'a layer of the same hub is mounted' "$out" 'Mounted from student/app'
run docker push student/nothing
is 'what is not there cannot be pushed' "$(printf '%s\n' "$out" | tail -1)" \
	'An image does not exist locally with the tag: student/nothing'

id=$(docker inspect -f '{{.Id}}' student/app)
docker rmi student/app other/app student/second >/dev/null
run docker run --rm student/app
has 'run pulls what is missing' "$out" 'Unable to find image '"'student/app:latest'"' locally'
has 'from the hub' "$out" 'Status: Downloaded newer image for student/app:latest'
has 'and runs it' "$out" "pushed-$$"
is 'it is the same image' "$(docker inspect -f '{{.Id}}' student/app)" "$id"
run docker pull student/app
has 'a second pull changes nothing' "$out" 'Status: Image is up to date for student/app:latest'
run docker pull "student/app@$digest"
is 'it can be pulled by digest' "$(printf '%s\n' "$out" | tail -1)" "docker.io/student/app@$digest"
run docker pull student/app:v9
has 'a tag that is not there' "$out" 'manifest for student/app:v9 not found: manifest unknown: manifest unknown'
run docker pull nobody-has-this
has 'a repository that is not there' "$out" \
	"pull access denied for nobody-has-this, repository does not exist or may require 'docker login': denied"
run docker search second
has 'search finds what was pushed' "$out" student/second

# served to other programs, with a browser's pages
if command -v curl >/dev/null; then
	port=$(free_port)
	"$D" hub --listen "127.0.0.1:$port" >hub.log 2>&1 &
	hub=$!
	t 'it can be served on a port' soon curl -fs "http://127.0.0.1:$port/"
	has 'its front page lists what is there' "$(curl -fs "http://127.0.0.1:$port/")" 'student/app'
	has 'a repository has a page' "$(curl -fs "http://127.0.0.1:$port/r/student/app")" "$digest"
	has 'with the instructions of its layers' "$(curl -fs "http://127.0.0.1:$port/r/student/app")" "pushed-$$"
	is 'the protocol asks who is there' "$(curl -so /dev/null -w '%{http_code}' "http://127.0.0.1:$port/v2/")" 401
	has 'an account can be made' "$(curl -fs -d 'user=second&password=x' "http://127.0.0.1:$port/signup")" Welcome
	is 'a name is taken once' "$(curl -so /dev/null -w '%{http_code}' -d 'user=second&password=y' "http://127.0.0.1:$port/signup")" 400
	kill $hub
	wait $hub 2>/dev/null
else
	skip 'it can be served on a port' 'curl is not installed'
fi
# whoever has a network may choose the real one; here there is none
export DRYDOCK_HOME="$work/other"
t 'the real hub can be chosen' "$D" setup --hub docker
run docker pull student/app
hasnt 'then the hub in the box is not asked' "$out" 'Status:'
has 'and Docker Hub is' "$out" 'Get "https://registry-1.docker.io/v2/"'
t 'and the one in the box again' "$D" setup --hub local
"$D" setup --remove >/dev/null 2>&1
export DRYDOCK_HOME="$DRYDOCK_TEST_HOME"
run docker logout
is 'logout says what it does' "$out" 'Removing login credentials for https://index.docker.io/v1/'
run docker push student/app
has 'nobody may push again' "$out" 'denied: requested access to the resource is denied'
done_testing
