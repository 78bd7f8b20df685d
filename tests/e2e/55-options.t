# Options that there is little to do for here: --tree, --platform, --ip6, --link
. "$(dirname "$0")/lib.sh"

# ---- filters are checked, whatever there is
is 'of no container' "$(docker ps -f status=bad 2>&1; docker ps -f before=nobody 2>&1)" "Error response from daemon: invalid filter 'status=bad'
Error response from daemon: No such container: nobody"
is 'images until then' "$(docker images -q -f until=2020-01-01 | wc -l) $(docker images -q -f until=1s busybox | wc -l)" '0 1'

# ---- docker images --tree
docker tag busybox tree:a
docker run -d --name web busybox sleep 1000 >/dev/null
run docker images --tree
id=$(docker images -q busybox | head -1)
has 'the header is that of the tree' "$(printf '%s\n' "$out" | sed -n 1p)" '   ID             DISK USAGE   CONTENT SIZE   EXTRA'
t 'names of one image stand together, the last with its facts' sh -c "printf '%s\n' '$out' | grep -A1 '^busybox:latest *$' | grep -q '^tree:a  *$id  .*B             0B    U   $'"
run docker images --tree -q
is 'not with -q' "$code $out" '1 --quiet is not yet supported with --tree'
run docker images --tree --format '{{.ID}}'
is 'not with --format' "$code $out" '1 --format is not yet supported with --tree'
is 'filters hold' "$(docker images --tree -f reference=tree | wc -l)" 2

# ---- --platform of save and load
arch=$(docker version -f '{{.Server.Arch}}')
t 'what is there is saved' docker save --platform "linux/$arch" -o all.tar busybox
run docker load --platform "linux/$arch" -i all.tar
is 'and loaded' "$code $out" '0 Loaded image: busybox:latest'
run docker save --platform linux/s390x busybox
has 'what is not there is not' "$code $out" "1 Error response from daemon: image with reference busybox was found but its platform (linux/$arch) does not match the specified platform (linux/s390x)"
run docker load --platform nonsense -i all.tar
is 'what is none is refused' "$code $out" '1 invalid platform: "nonsense": unknown operating system or architecture: invalid argument'

# ---- --ip6
docker network create net6 >/dev/null
run docker create --ip6 2001:db8::33 busybox
is 'not on the bridge' "$code $out" '1 Error response from daemon: user specified IP address is supported on user defined networks only'
run docker network connect --ip6 2001:db8::33 net6 web
has 'nor where there is no IPv6' "$code $out" 'IP address 2001:db8::33'
run docker create --network net6 --ip6 x busybox
is 'it must be an address' "$code $out" '1 Error response from daemon: invalid IPv6 address: x'

# ---- links
docker create --name linked --link web:db busybox cat /etc/hosts >/dev/null
is 'inspect tells of links' "$(docker inspect -f '{{json .HostConfig.Links}}' linked)" '["/web:/linked/db"]'
run docker rm --link web
is 'a name is no link' "$code $out" '1 Error response from daemon: Conflict, cannot remove the default link name of the container'
run docker rm --link /linked/none
is 'nor is what was never made' "$code $out" '1 Error response from daemon: No such container: /linked/none'
is 'a link goes' "$(docker rm --link /linked/db)" /linked/db
is 'for good' "$(docker inspect -f '{{json .HostConfig.Links}}' linked) $(docker start -a linked | grep -c db)" 'null 0'
is 'the container it led to stays' "$(docker ps -q -f name=web | wc -l)" 1

# ---- hidden names of options
is '--dns-opt is --dns-option' "$(docker run --rm --dns-opt timeout:9 busybox grep '^options' /etc/resolv.conf)" 'options timeout:9'
docker network create mall >/dev/null
docker create --name called --network mall --net-alias shop busybox >/dev/null
has '--net-alias is --network-alias' "$(docker inspect -f '{{.NetworkSettings.Networks.mall.Aliases}}' called)" shop

done_testing
