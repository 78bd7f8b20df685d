/*
 * check.c - is everything in the store what its name says?  [crypto]
 *
 * A blob is held against its digest.  An unpacked layer is made into its canonical tar
 * again and held against the diff id; one that came from outside in other bytes against
 * what these bytes unpack to.  Records are held against what they name.
 *
 * A repair never guesses: what is wrong is made again from another source that was
 * checked itself, or is taken out, so that whoever needs it misses it instead of
 * believing it.
 */
#include "sandbox/base/hash.h"
#include "sandbox/store/layer_tar.h"
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct checking {
	struct store *s;
	struct store_check *c;
};

__attribute__((format(printf, 3, 4))) static void
found(struct checking *k, bool mended, const char *fmt, ...)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	k->c->damaged++;
	k->c->left += !mended;
	if (k->c->say != NULL)
		k->c->say(k->c->user, text.s);
}

/* Calls fn for every name in store/FOLDER that is a digest. */
static int
each(struct checking *k, const char *folder,
    int (*fn)(struct checking *k, const char *name, struct err *err), struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;
	cleanup_dir DIR *d = NULL;
	struct dirent *e;
	int fd = openat(k->s->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0
				       : err_sys(err, "cannot read 'store/%s'", folder);
	d = fdopendir(fd);
	while (d != NULL && (e = readdir(d)) != NULL)
		if (store_is_hex(e->d_name))
			vec_add(&names, e->d_name);
	vec_sort(&names);
	for (size_t i = 0; i < names.len; i++)
		if (fn(k, names.v[i], err) < 0)
			return -1;
	return 0;
}

/* ---- blobs ------------------------------------------------------------------------- */

static int
check_blob(struct checking *k, const char *hex, struct err *err)
{
	cleanup_free char *path = xasprintf("blobs/%s", hex);
	cleanup_fd int fd = openat(k->s->dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct err why = ERR_INIT;
	char real[65];
	bool gone;

	(void)err;
	k->c->blobs++;
	if (fd < 0 && errno == ENOENT)
		return 0; /* somebody has just removed it */
	if (fd >= 0 && hash_fd(fd, real, &why) == 0 && str_eq(real, hex))
		return 0;
	gone = k->c->repair && unlinkat(k->s->dir, path, 0) == 0;
	found(k, gone, "blob %.12s is damaged%s", hex,
	    gone ? ": taken out; what it belongs to has to be pulled or made again" : "");
	return 0;
}

/* ---- layers ------------------------------------------------------------------------ */

struct unpacking {
	struct store *store;
	const char *chain;
	struct store_draft *draft;
};

static int
give_bytes(void *from, int out, struct err *err)
{
	const struct unpacking *u = from;

	return store_layer_tar(u->store, u->chain, out, err);
}

static int
fill_draft(void *to, int in, struct err *err)
{
	const struct unpacking *u = to;

	return store_draft_fill(u->store, u->draft, in, err);
}

/* What the kept bytes of a layer unpack to. */
static int
unpack_digest(struct store *s, const struct store_layer *l, char hex[65], struct err *err)
{
	struct unpacking u = {.store = s, .chain = l->chain};
	int rc;

	if (store_draft_new(s, &u.draft, err) < 0)
		return -1;
	rc = store_pipe(give_bytes, &u, fill_draft, &u, err);
	if (rc == 0)
		rc = layer_tar_draft(s, u.draft, hex, err);
	store_draft_drop(s, u.draft);
	return rc;
}

/* Is the folder what it was?  1 yes, 0 no. */
static int
is_sound(struct store *s, enum idmap map, const struct store_layer *l, struct err *err)
{
	char real[65], wanted[65];

	if (layer_tar_digest(s, map, l->chain, real, err) < 0)
		return -1;
	if (str_eq(real, l->diff))
		return 1;
	if (!store_layer_bytes(s, l->diff))
		return 0;
	return unpack_digest(s, l, wanted, err) < 0 ? -1 : str_eq(real, wanted);
}

/* Out of sight at once, then away: what dies in between leaves no half layer. */
static int
take_out(struct store *s, enum idmap map, const char *chain, struct err *err)
{
	cleanup_free char *gone = xasprintf(".gone-%s", chain);
	cleanup_free char *side = xasprintf("%s.side", chain);
	int layers = store_layers_of(s, map, err);

	if (layers < 0)
		return -1;
	if (renameat(layers, chain, layers, gone) < 0)
		return err_sys(err, "cannot take out the layer %.12s", chain);
	(void)unlinkat(layers, side, 0);
	return store_remove_tree(s, layers, gone, err);
}

static bool
mend_layer(struct checking *k, enum idmap map, const struct store_layer *l)
{
	struct err ignored = ERR_INIT;

	if (!k->c->repair || take_out(k->s, map, l->chain, &ignored) < 0)
		return false;
	/* another map's folder, or the bytes, were or will be checked by themselves */
	if (map == store_idmap(k->s) &&
	    (store_layer_bytes(k->s, l->diff) ||
		store_layer_in(k->s, store_other_map(map), l->chain)))
		(void)store_layer_remake(k->s, l, &ignored);
	return true;
}

static void
check_folder(struct checking *k, enum idmap map, const struct store_layer *l)
{
	const char *name = map == IDMAP_RANGE ? "range" : "one";
	struct err why = ERR_INIT;
	int sound = 1;

	if (store_holder_of(k->s, map, &why) != NULL) /* else it cannot be used either */
		sound = is_sound(k->s, map, l, &why);
	if (sound == 1)
		return;
	cleanup_free char *changed = layer_changed(k->s, map, l->chain);
	const char *reason = changed != NULL ? changed : sound < 0 ? why.text : NULL;
	bool mended = mend_layer(k, map, l);
	bool back = mended && store_layer_in(k->s, map, l->chain);
	found(k, mended, "layer %.12s (%s) is damaged%s%s%s", l->chain, name,
	    reason != NULL ? ": " : "", reason != NULL ? reason : "",
	    back     ? ": made again"
	    : mended ? ": taken out; its image has to be pulled or made again"
		     : "");
}

static int
check_layer(struct checking *k, const char *chain, struct err *err)
{
	cleanup_free char *path = xasprintf("layers/meta/%s", chain);
	struct store_layer l, parent;
	char real[65] = "";
	bool known = store_meta_read(k->s, chain, &l) == 1, gone;

	(void)err;
	k->c->layers++;
	if (known)
		store_chain_id(l.parent, l.diff, real);
	if (!str_eq(real, chain)) {
		gone = k->c->repair && unlinkat(k->s->dir, path, 0) == 0;
		found(k, gone, "the record of layer %.12s is damaged%s", chain,
		    gone ? ": taken out" : "");
		return 0;
	}
	if (l.parent[0] != '\0' && store_meta_read(k->s, l.parent, &parent) != 1)
		found(k, false, "layer %.12s stands on %.12s, which is missing", chain,
		    l.parent);
	for (int map = 0; map < MAPS; map++)
		if (store_layer_in(k->s, (enum idmap)map, chain))
			check_folder(k, (enum idmap)map, &l);
	return 0;
}

/* ---- records ----------------------------------------------------------------------- */

static bool
layer_is_there(struct store *s, const char *chain)
{
	struct store_layer l;

	return store_meta_read(s, chain, &l) == 1 &&
	       (store_layer_in(s, IDMAP_RANGE, chain) ||
		   store_layer_in(s, IDMAP_ONE, chain) || store_layer_bytes(s, l.diff));
}

static void
drop_record(struct checking *k, const char *folder, const char *name, const char *why)
{
	cleanup_free char *path = xasprintf("%s/%s", folder, name);
	bool gone = k->c->repair && unlinkat(k->s->dir, path, 0) == 0;

	found(k, gone, "%s/%.12s %s%s", folder, name, why, gone ? ": taken out" : "");
}

/* Made again from the config whenever it is missing. */
static int
check_run(struct checking *k, const char *id, struct err *err)
{
	cleanup_store_image struct store_image i = STORE_IMAGE_INIT;

	(void)err;
	k->c->records++;
	if (store_run_read(k->s, id, &i) != 0)
		drop_record(k, "run", id, "cannot be read");
	return 0;
}

static int
check_cache(struct checking *k, const char *key, struct err *err)
{
	cleanup_json json_t *j = NULL;
	struct err why = ERR_INIT;
	const char *chain;

	(void)err;
	k->c->records++;
	if (store_cache_get(k->s, key, &j, &why) != 1) {
		drop_record(k, "cache", key, "cannot be read");
		return 0;
	}
	chain = json_get_str(j, "chain", "");
	if (store_is_hex(chain) && !layer_is_there(k->s, chain))
		drop_record(k, "cache", key, "names a layer that is missing");
	return 0;
}

/* Setup's tags: nothing is taken out, `drydock setup` sees itself what is missing. */
static int
check_library(struct checking *k, struct err *err)
{
	cleanup_json json_t *library = store_library(k->s, err);
	const char *name;
	json_t *id;

	if (library == NULL)
		return -1;
	json_object_foreach(library, name, id)
	{
		cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;
		const char *missing = NULL;
		struct err why = ERR_INIT;
		char chain[65] = "", parent[65] = "";

		k->c->records++;
		if (!json_is_string(id) ||
		    store_read_config(k->s, json_string_value(id), &config, &why) < 0)
			missing = "its config";
		for (size_t i = 0; missing == NULL && i < config.diff_ids.len; i++) {
			store_chain_id(
			    parent, image_digest_hex(config.diff_ids.v[i]), chain);
			if (!layer_is_there(k->s, chain))
				missing = "a layer";
			str_copy(parent, sizeof parent, chain);
		}
		if (missing != NULL)
			found(k, false, "%s lacks %s: `drydock setup` makes it again",
			    name, missing);
	}
	return 0;
}

int
store_check(struct store *s, struct store_check *c, struct err *err)
{
	struct checking k = {.s = s, .c = c};

	c->blobs = c->layers = c->records = c->damaged = c->left = 0;
	if (each(&k, "blobs", check_blob, err) < 0 ||
	    each(&k, "layers/meta", check_layer, err) < 0 ||
	    each(&k, "run", check_run, err) < 0 ||
	    each(&k, "cache", check_cache, err) < 0)
		return -1;
	return check_library(&k, err);
}
