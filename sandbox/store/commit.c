/*
 * commit.c - a draft becomes a layer  [crypto]
 *
 * Order: the walk (inside the map) gives the digest; the meta file is written; one
 * syncfs; then the rename that makes the layer visible.  Of two processes with the same
 * layer the second finds the name taken and drops its own.
 */
#include "sandbox/store/owner.h"
#include "sandbox/store/private.h"
#include "sandbox/store/tar.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct publication {
	int draft, layers;
	const char *chain;
};

/* Inside the map: u's own mode may keep even its owner from moving it. */
static int
move_in(void *arg, struct err *err)
{
	struct publication *p = arg;
	cleanup_free char *side = xasprintf("%s.side", p->chain);

	if (renameat(p->draft, "side", p->layers, side) < 0 && errno != ENOENT)
		return err_sys(err, "cannot keep the layer's side table");
	if (renameat2(p->draft, "u", p->layers, p->chain, RENAME_NOREPLACE) < 0 &&
	    errno != EEXIST)
		return err_sys(err, "cannot move the layer into place");
	return 0;
}

static int
write_meta(struct store *s, const struct store_layer *l, struct err *err)
{
	struct store_layer there;
	cleanup_json json_t *j = NULL;

	if (store_meta_read(s, l->chain, &there) == 1)
		return 0;
	j = json_object();
	json_object_set_new(j, "diff", json_string(l->diff));
	json_object_set_new(j, "parent", json_string(l->parent));
	json_object_set_new(j, "size", json_integer(l->size));
	return store_write_json(s, "layers/meta", l->chain, j, false, err);
}

static int
publish(
    struct store *s, struct store_draft *d, const struct store_layer *l, struct err *err)
{
	struct publication p = {.draft = d->dir, .chain = l->chain};
	struct holder *h = store_holder_of(s, d->map, err);

	p.layers = store_layers_of(s, d->map, err);
	if (h == NULL || p.layers < 0 || write_meta(s, l, err) < 0)
		return -1;
	if (store_layer_in(s, d->map, l->chain))
		return 0;
	if (syncfs(s->dir) < 0)
		return err_sys(err, "cannot write the layer to the disk");
	return holder_call(h, 0, move_in, &p, err);
}

int
store_publish(struct store *s, struct store_draft *d, const struct store_layer *layer,
    struct err *err)
{
	int rc = publish(s, d, layer, err);

	store_draft_end(s, d);
	return rc;
}

/* ---- the walk of a draft -------------------------------------------------------------
 */

struct reading {
	pid_t parent;
	int draft, layers;
	const struct vec *lowers;
	int64_t epoch;
	struct result {
		char diff[65];
		int64_t size;
	} * result; /* shared */
};

/* Of the files that stand for devices the side table tells, too. */
static int
add_devices(int draft, json_t *side, json_t *devices, struct err *err)
{
	if (json_object_size(devices) == 0)
		return 0;
	if (side != NULL)
		json_object_update_missing(devices, side);
	return json_write_file(draft, "side", devices, 0600, err);
}

static int
read_draft(void *arg, struct err *err)
{
	struct reading *r = arg;
	cleanup_fd int root =
	    openat(r->draft, "u", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct tar_walk w = {.root = root,
	    .lowers = r->lowers,
	    .layers = r->layers,
	    .epoch = r->epoch,
	    .out = tar_out_new(-1)};

	store_die_with(r->parent);
	cleanup_json json_t *side = NULL, *devices = json_object();
	if (root < 0 || owner_side(r->draft, root, &side, err) < 0) {
		tar_out_free(w.out);
		return root < 0 ? err_sys(err, "cannot open the new layer") : -1;
	}
	w.side = side;
	w.devices = devices;
	if (tar_walk(&w, err) < 0 || add_devices(r->draft, side, devices, err) < 0) {
		tar_out_free(w.out);
		return -1;
	}
	r->result->size = w.size;
	return tar_out_end(w.out, r->result->diff, err);
}

static int
commit(struct store *s, struct store_draft *d, struct reading *r, const char *parent,
    struct store_layer *ret, struct err *err)
{
	struct holder *h = store_holder_of(s, d->map, err);

	if (h == NULL || r->layers < 0 || holder_call(h, 0, read_draft, r, err) < 0)
		return -1;
	*ret = (struct store_layer){.size = r->result->size};
	str_copy(ret->diff, sizeof ret->diff, r->result->diff);
	snprintf(ret->parent, sizeof ret->parent, "%s", parent != NULL ? parent : "");
	store_chain_id(ret->parent, ret->diff, ret->chain);
	return publish(s, d, ret, err);
}

int
store_draft_commit(struct store *s, struct store_draft *d, const char *parent,
    const struct vec *lowers, int64_t epoch_ns, struct store_layer *ret, struct err *err)
{
	struct reading r = {
	    .parent = getpid(),
	    .draft = d->dir,
	    .layers = store_layers_of(s, d->map, err),
	    .lowers = lowers,
	    .epoch = epoch_ns < 0 ? -1 : epoch_ns / NS_PER_S,
	    .result = store_shared_new(sizeof *r.result),
	};
	int rc = commit(s, d, &r, parent, ret, err);

	store_shared_free(r.result, sizeof *r.result);
	store_draft_end(s, d);
	return rc < 0 ? err_while(err, "committing a layer") : 0;
}
