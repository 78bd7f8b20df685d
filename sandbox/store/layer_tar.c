/*
 * layer_tar.c - a layer as bytes again  [crypto]
 *
 * The bytes that came from outside, if they were kept; else the canonical tar, made anew
 * inside the map and held against the diff id.
 */
#include "sandbox/store/layer_tar.h"
#include "sandbox/store/private.h"
#include "sandbox/store/pump.h"
#include "sandbox/store/tar.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct writing {
	pid_t parent;
	int layers, out;
	const char *name; /* the layer's folder below layers */
	const char *side; /* its side table */
	char *hex;        /* shared */
};

static int
write_layer(void *arg, struct err *err)
{
	struct writing *t = arg;
	struct err ignored = ERR_INIT;
	cleanup_json json_t *side = json_read_file(t->layers, t->side, &ignored);
	cleanup_fd int root =
	    openat(t->layers, t->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct tar_walk w = {.root = root, .side = side, .epoch = -1};

	store_die_with(t->parent);
	if (root < 0)
		return err_sys(err, "cannot open the layer");
	w.out = tar_out_new(t->out);
	if (tar_walk(&w, err) < 0) {
		tar_out_free(w.out);
		return -1;
	}
	return tar_out_end(w.out, t->hex, err);
}

static int
run(struct store *s, enum idmap map, struct writing *t, char hex[65], struct err *err)
{
	struct holder *h = store_holder_of(s, map, err);
	int rc = -1;

	if (h == NULL)
		return -1;
	t->parent = getpid();
	t->hex = store_shared_new(65);
	rc = holder_call(h, 0, write_layer, t, err);
	if (rc == 0)
		str_copy(hex, 65, t->hex);
	store_shared_free(t->hex, 65);
	return rc;
}

int
layer_tar_draft(
    struct store *s, const struct store_draft *d, char hex[65], struct err *err)
{
	struct writing t = {.layers = d->dir, .out = -1, .name = "u", .side = "side"};

	return run(s, d->map, &t, hex, err);
}

static int
write_folder(struct store *s, enum idmap map, const char *chain, int out, char hex[65],
    struct err *err)
{
	cleanup_free char *side = xasprintf("%s.side", chain);
	struct writing t = {.out = out, .name = chain, .side = side};

	t.layers = store_layers_of(s, map, err);
	return t.layers < 0 ? -1 : run(s, map, &t, hex, err);
}

int
layer_tar_digest(
    struct store *s, enum idmap map, const char *chain, char hex[65], struct err *err)
{
	return write_folder(s, map, chain, -1, hex, err);
}

int
layer_tar_of(struct store *s, enum idmap map, const struct store_layer *l, int out,
    struct err *err)
{
	char hex[65];

	if (write_folder(s, map, l->chain, out, hex, err) < 0)
		return -1;
	if (str_eq(hex, l->diff))
		return 0;
	cleanup_free char *changed = layer_changed(s, map, l->chain);
	if (changed != NULL)
		return err_set(
		    err, ERR_CORRUPT, "layer %.12s is damaged: %s", l->chain, changed);
	return err_set(err, ERR_CORRUPT,
	    "layer %.12s is damaged: its content has the digest %.12s, not %.12s",
	    l->chain, hex, l->diff);
}

int
layer_tar_blob(struct store *s, const char *hex, int out, struct err *err)
{
	cleanup_fd int fd = store_open_blob(s, hex, err);
	char block[65536];
	ssize_t n;

	if (fd < 0)
		return -1;
	for (;;) {
		n = read(fd, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			return 0;
		if (n < 0 || fd_write_all(out, block, (size_t)n) < 0)
			return err_sys(err, "cannot copy the layer %.12s", hex);
	}
}

/* The compressed bytes that it came in, decompressed and held against the diff id. */
static int
layer_tar_pressed(
    struct store *s, const char *hex, const char *diff, int out, struct err *err)
{
	cleanup_fd int in = store_open_blob(s, hex, err);
	char real[65] = "";
	struct pump p = {.in = in, .out = out, .other = -1, .keep = -1, .hex = real};
	int rc = in < 0 ? -1 : pump_run(&p, err);

	if (rc == 0 && !str_eq(real, diff))
		rc = err_set(err, ERR_CORRUPT,
		    "the blob %.12s is damaged: its layer has the digest %.12s, not "
		    "%.12s",
		    hex, real, diff);
	return rc;
}

int
store_layer_tar(struct store *s, const char *chain, int out_fd, struct err *err)
{
	enum idmap map = store_idmap(s);
	struct store_pressed pressed;
	struct store_layer l;

	if (store_meta_read(s, chain, &l) != 1)
		return err_set(err, ERR_NOT_FOUND, "layer %.12s is missing", chain);
	if (store_has_blob(s, l.diff))
		return layer_tar_blob(s, l.diff, out_fd, err);
	if (store_pressed_find(s, l.diff, &pressed) && pressed.kept)
		return layer_tar_pressed(s, pressed.hex, l.diff, out_fd, err);
	for (int i = 0; i < MAPS; i++, map = store_other_map(map))
		if (store_layer_in(s, map, chain))
			return layer_tar_of(s, map, &l, out_fd, err);
	return err_set(err, ERR_NOT_FOUND, "layer %.12s is missing", chain);
}
