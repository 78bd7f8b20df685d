/*
 * upper.c - a container's files as a layer, or as one tar  [crypto]
 *
 * Both are walks inside the id map whose tar goes through a pipe, so that the container's
 * own files stay as they are: a layer is made of a copy.
 */
#include "sandbox/store/owner.h"
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct walking {
	struct runtime_spec spec; /* lowers, dir */
	const struct vec *chains;
	bool all; /* with the layers below */
	const struct holder *holder;
	int out;
};

/* ---- owners: the layers' side tables and the container's own, as they are seen ------
 */

static void
add_all(json_t *to, json_t *from)
{
	json_object_update(to, from);
	json_decref(from);
}

static int
read_sides(const struct walking *w, json_t **ret, struct err *err)
{
	cleanup_json json_t *side = json_object();
	cleanup_fd int upper =
	    openat(w->spec.dir, "u", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	json_t *own = NULL;

	for (size_t i = w->all ? w->chains->len : 0; i-- > 0;) {
		cleanup_free char *name = xasprintf("%s.side", w->chains->v[i]);
		json_t *one = json_read_file(w->spec.lowers_at, name, NULL);

		if (one != NULL)
			add_all(side, one);
	}
	if (owner_side_look(w->spec.dir, upper, &own, err) < 0)
		return -1;
	if (own != NULL)
		add_all(side, own);
	*ret = take_ptr(side);
	return 0;
}

static int
walk(void *arg, struct err *err)
{
	struct walking *j = arg;
	cleanup_json json_t *side = NULL;
	cleanup_fd int top = j->all ? runtime_look(&j->spec, LOOK_FIXED, err)
				    : openat(j->spec.dir, "u", O_PATH | O_CLOEXEC);
	cleanup_fd int root =
	    top >= 0 ? openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct tar_walk w = {.root = root, .epoch = -1};
	char hex[65];

	if (root < 0 || read_sides(j, &side, err) < 0)
		return err->kind != ERR_NONE
			   ? -1
			   : err_sys(err, "cannot open the container's files");
	w.side = side;
	w.out = tar_out_new(j->out);
	if (tar_walk(&w, err) < 0) {
		tar_out_free(w.out);
		return -1;
	}
	return tar_out_end(w.out, hex, err);
}

static int
begin(struct walking *w, struct store *s, int dir, const struct vec *chains,
    struct err *err)
{
	*w = (struct walking){.spec = {.lowers = (const char *const *)chains->v,
				  .nlowers = chains->len,
				  .dir = dir},
	    .chains = chains,
	    .out = -1};
	w->spec.lowers_at = store_layers_dir(s, err);
	w->holder = store_holder(s, err);
	return w->spec.lowers_at < 0 || w->holder == NULL ? -1 : 0;
}

int
store_export(
    struct store *s, int dir, const struct vec *chains, int out_fd, struct err *err)
{
	struct walking w;

	if (begin(&w, s, dir, chains, err) < 0)
		return -1;
	w.all = true;
	w.out = out_fd;
	return holder_call(w.holder, HOLDER_MOUNTS, walk, &w, err);
}

/* ---- as a layer -------------------------------------------------------------------- */

static int
give_files(void *from, int out, struct err *err)
{
	struct walking *w = from;

	w->out = out;
	return holder_call(w->holder, 0, walk, w, err);
}

struct filling {
	struct store *store;
	struct store_draft *draft;
};

static int
fill_draft(void *to, int in, struct err *err)
{
	const struct filling *f = to;

	return store_draft_fill(f->store, f->draft, in, err);
}

static int
copy_upper(struct store *s, struct walking *w, struct store_draft *d, struct err *err)
{
	struct filling f = {s, d};

	return store_pipe(give_files, w, fill_draft, &f, err);
}

int
store_commit_upper(struct store *s, int dir, const struct vec *chains, const char *parent,
    struct store_layer *ret, struct err *err)
{
	struct store_draft *d;
	struct walking w;

	if (begin(&w, s, dir, chains, err) < 0 || store_draft_new(s, &d, err) < 0)
		return -1;
	if (copy_upper(s, &w, d, err) < 0) {
		store_draft_drop(s, d);
		return -1;
	}
	return store_draft_commit(s, d, parent, chains, -1, ret, err);
}
