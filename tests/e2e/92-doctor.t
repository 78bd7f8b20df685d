# doctor --store: every damage is found, named and mended or taken out
. "$(dirname "$0")/lib.sh"
docker create --name shell busybox true >/dev/null
docker export -o busybox.tar shell

# a store of our own, that may be spoiled
shared=$DRYDOCK_HOME
export DRYDOCK_HOME=$work/home
trap 'chmod -R u+rwX "$work/home" 2>/dev/null; DRYDOCK_HOME=$work/home "$DRYDOCK_BIN" setup --remove >/dev/null 2>&1; DRYDOCK_HOME=$shared; cleanup' EXIT
docker import -c 'CMD ["cat", "/greeting"]' busybox.tar base >/dev/null
printf 'FROM base\nRUN echo hello > /greeting\nRUN echo two > /two\n' | docker build -q -t app - >/dev/null
is 'there is an image' "$(docker run --rm app)" hello

run "$DRYDOCK_BIN" doctor --store
is 'a sound store' "$code" 0
has 'and it says so' "$out" 'all is well'

store=$work/home/store
greeting=$(ls "$store"/layers/*/*/greeting)
echo bye >"$greeting"
run "$DRYDOCK_BIN" doctor --store
is 'a changed file is found' "$code" 1
has 'and named' "$out" 'is damaged: /greeting was changed'
has 'with a way out' "$out" 'doctor --store --repair'
run docker save -o x.tar app
is 'no image is saved from it' "$code" 1
has 'which names the file too' "$out" 'is damaged: /greeting was changed'
run "$DRYDOCK_BIN" doctor --store --repair
is 'a layer without another source is taken out' "$code" 0
has 'which is said' "$out" 'taken out; its image has to be pulled or made again'
printf 'FROM base\nRUN echo hello > /greeting\nRUN echo two > /two\n' | docker build -q -t app - >/dev/null
is 'and a build makes it again' "$(docker run --rm app)" hello
run "$DRYDOCK_BIN" doctor --store
is 'then all is well' "$code" 0

# what came from outside is kept in its own bytes, too
mkdir x && tar xf busybox.tar -C x && tar cf foreign.tar --owner=0 --group=0 -C x . && rm -rf x
docker import -c 'CMD ["echo", "from outside"]' foreign.tar foreign >/dev/null
diff=$(docker image inspect -f '{{index .RootFS.Layers 0}}' foreign | cut -d: -f2)
t 'the bytes of a layer from outside are kept' test -f "$store/blobs/$diff"
run "$DRYDOCK_BIN" doctor --store
is 'such a layer is sound' "$code" 0
layer=$(grep -l "\"diff\":\"$diff\"" "$store"/layers/meta/* | xargs basename)
rm -f "$store"/layers/*/"$layer"/bin/busybox
run "$DRYDOCK_BIN" doctor --store
is 'a missing file is found' "$code" 1
has 'and its layer named' "$out" "layer $(echo "$layer" | cut -c1-12)"
run "$DRYDOCK_BIN" doctor --store --repair
has 'the layer is made again' "$out" 'made again'
is 'and works' "$(docker run --rm foreign)" 'from outside'

id=$(docker image inspect -f '{{.Id}}' foreign | cut -d: -f2)
chmod u+w "$store/blobs/$id"
echo ' ' >>"$store/blobs/$id"
key=$(ls "$store/cache" | head -1)
echo nonsense >"$store/cache/$key"
run "$DRYDOCK_BIN" doctor --store
has 'a changed blob is found' "$out" "blob $(echo "$id" | cut -c1-12) is damaged"
has 'a broken record is found' "$out" "cache/$(echo "$key" | cut -c1-12) cannot be read"
run "$DRYDOCK_BIN" doctor --store --repair
is 'both are taken out' "$code" 0
run "$DRYDOCK_BIN" doctor --store
has 'then all is well again' "$out" 'all is well'

run "$DRYDOCK_BIN" doctor --stroe
is 'a wrong argument is misuse' "$code" 2
has 'and is named' "$out" 'unknown argument: --stroe'
done_testing
