/*
 * run_mounts.c - RUN --mount: what the container will see, made ready
 *
 * The parent opens caches and has the context's files copied into the draft, which goes
 * with the step.  The child, inside the holder with mounts of its own, mounts other
 * stages and a tmpfs for secrets: they never lie on a disk.  Missing mount points lie in
 * a lowest layer of the draft's own, so that they are in no image.
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#define SECRETS "secrets"

/* ---- before the fork
 * ------------------------------------------------------------------------ */

static const struct build_secret *
find_secret(const struct builder *b, const struct build_mount *m)
{
	for (size_t i = 0; i < b->spec->nsecrets; i++)
		if (str_eq(b->spec->secrets[i].id, m->id))
			return &b->spec->secrets[i];
	return NULL;
}

static int
begin_one(struct build_shown *r, struct builder *b, size_t i, struct store_draft *d,
    bool *ret_changed, struct err *err)
{
	const struct build_mount *m = &r->step->mounts[i];
	bool changed = false;
	char name[32];

	switch (m->kind) {
	case BUILD_CACHE:
		r->caches[i] = build_cache_open(b, m, &r->locks[i], &r->fresh[i], err);
		return r->caches[i] < 0 ? -1 : 0;
	case BUILD_SECRET:
		if (find_secret(b, m) == NULL && m->required)
			return err_set(err, ERR_NOT_FOUND, "secret %s: not found", m->id);
		return 0;
	case BUILD_SSH:
		if (m->required && build_agent_find(b, m) == NULL)
			return err_set(err, ERR_NOT_FOUND,
			    b->spec->nagents > 0
				? "unset ssh forward key %s"
				: "no SSH key \"%s\" forwarded from the client",
			    m->id);
		if (build_agent_find(b, m) == NULL)
			return 0;
		r->agents[i] =
		    build_agent_begin(build_agent_find(b, m), &r->servers[i], err);
		if (r->agents[i] < 0)
			return -1;
		return 0;
	default: break;
	}
	if (!build_mount_takes_context(m))
		return 0;
	snprintf(name, sizeof name, "b%zu", i);
	if (build_do_bind(b, m, name, d, &changed, err) < 0)
		return -1;
	*ret_changed |= changed;
	return 0;
}

int
build_shown_begin(struct build_shown *r, struct builder *b, const struct build_step *step,
    struct store_draft *d, bool *ret_changed, struct err *err)
{
	size_t n = step->nmounts;

	*r = (struct build_shown){.holder = store_holder(b->store, err),
	    .store = b->store,
	    .b = b,
	    .step = step,
	    .draft = store_draft_dir(d),
	    .one_id = store_idmap(b->store) == IDMAP_ONE,
	    .caches = xcalloc(n + 1, sizeof *r->caches),
	    .locks = xcalloc(n + 1, sizeof *r->locks),
	    .fresh = xcalloc(n + 1, sizeof *r->fresh),
	    .agents = xcalloc(n + 1, sizeof *r->agents),
	    .servers = xcalloc(n + 1, sizeof *r->servers),
	    .env = VEC_INIT};
	for (size_t i = 0; i <= n; i++)
		r->caches[i] = r->locks[i] = r->agents[i] = -1;
	if (r->holder == NULL || (r->layers = store_layers_dir(b->store, err)) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (begin_one(r, b, i, d, ret_changed, err) < 0)
			return -1;
	return 0;
}

void
build_shown_done(struct build_shown *r)
{
	for (size_t i = 0; r->step != NULL && i < r->step->nmounts; i++) {
		fd_close_p(&r->caches[i]);
		fd_close_p(&r->locks[i]);
		fd_close_p(&r->agents[i]);
		build_agent_end(r->servers[i]);
	}
	free(r->agents);
	free(r->servers);
	free(r->caches);
	free(r->locks);
	free(r->fresh);
	free(r->v);
	vec_done(&r->env);
}

/* ---- in the child
 * --------------------------------------------------------------------------- */

static int
new_folder(int at, const char *name, mode_t mode, struct err *err)
{
	if (mkdirat(at, name, mode) < 0 && errno != EEXIST)
		return err_sys(err, "making a folder for a mount");
	int fd = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "opening the folder of a mount") : fd;
}

/* The root of another stage or image; with a writable layer that is thrown away. */
static int
open_stage(struct build_shown *r, const struct build_mount *m, size_t i, struct err *err)
{
	const struct vec *chains = build_mount_chains(r->b, m);
	char at[32], upper[32], work[32];

	snprintf(at, sizeof at, "b%zu", i);
	snprintf(upper, sizeof upper, "b%zu.u", i);
	snprintf(work, sizeof work, "b%zu.w", i);
	cleanup_fd int fd = new_folder(r->draft, at, 0755, err);
	if (fd < 0)
		return -1;
	if (!m->writable || chains->len == 0)
		return build_open_layers(r->layers, chains, r->draft, at, err);
	cleanup_fd int u = new_folder(r->draft, upper, 0755, err),
		       w = new_folder(r->draft, work, 0700, err);
	if (u < 0 || w < 0)
		return -1;
	return build_mount_layers(r->layers, chains, r->draft, at, upper, work, err);
}

/* What the context gave lies in the draft's folder: a file under its own name. */
static int
open_copied(struct build_shown *r, const struct build_mount *m, size_t i, struct err *err)
{
	const struct build_entry *first = m->tree.len > 0 ? &m->tree.v[0] : NULL;
	bool file = first != NULL && first->name[0] == 'f';
	char at[32];

	snprintf(at, sizeof at, "b%zu", i);
	cleanup_fd int dir = openat(r->draft, at, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(err, "opening the files of a mount");
	if (!file)
		return take_fd(&dir);
	int fd = fd_open_in(dir, first->name + 2, O_PATH, 0);
	return fd < 0 ? err_sys(err, "opening the file of a mount") : fd;
}

static int
open_bind(struct build_shown *r, const struct build_mount *m, size_t i, struct err *err)
{
	if (build_mount_takes_context(m))
		return open_copied(r, m, i, err);
	/* from= with nothing behind it: an empty folder */
	if (build_mount_chains(r->b, m) == NULL)
		return new_folder(r->draft, "empty", 0755, err);
	cleanup_fd int root = open_stage(r, m, i, err);
	if (root < 0)
		return -1;
	int fd = fd_open_in(root, m->source, O_PATH, 0);
	return fd < 0 ? err_sys(err, "failed to mount %s: %s", m->target, m->source) : fd;
}

/* A new cache begins with what from= and source= name. */
static int
seed_cache(struct build_shown *r, const struct build_mount *m, size_t i, struct err *err)
{
	const struct build_owner owner = {m->uid, m->gid};

	if (build_mount_chains(r->b, m) == NULL)
		return build_owner_set(r->caches[i], owner, m->mode, r->one_id) < 0
			   ? err_sys(err, "setting the owner of a cache mount")
			   : 0;
	struct build_root from = {.recorded = r->one_id, .devices = true};
	cleanup_build_tree struct build_tree tree = {0};
	cleanup_fd int root = open_stage(r, m, i, err);
	if (root < 0)
		return -1;
	from.fd = root;
	if (build_tree_add(&tree, &from, m->source, err) < 0)
		return -1;
	return build_copy_tree(&tree, root, r->caches[i], r->one_id, err);
}

static int
open_secret(struct build_shown *r, const struct build_mount *m, size_t i, struct err *err)
{
	const struct build_secret *s = find_secret(r->b, m);
	const struct build_owner owner = {m->uid, m->gid};
	cleanup_fd int dir = openat(r->draft, SECRETS, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[32];

	snprintf(name, sizeof name, "%zu", i);
	cleanup_fd int fd =
	    openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || fd_write_all(fd, s->data, s->len) < 0)
		return err_sys(err, "writing a secret");
	/* tmpfs has no user xattrs in every kernel: without them it stays root's */
	if (build_owner_set(fd, owner, m->mode, r->one_id) < 0 &&
	    fchmod(fd, m->mode & 07777) < 0)
		return err_sys(err, "setting the owner of a secret");
	int ret = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return ret < 0 ? err_sys(err, "opening a secret") : ret;
}

/* SSH_AUTH_SOCK is the first one's, also when nothing is behind it. */
static int
open_agent(struct build_shown *r, const struct build_mount *m, size_t i, struct err *err)
{
	cleanup_fd int dir = openat(r->draft, SECRETS, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[32];

	snprintf(name, sizeof name, "%zu", i);
	return build_agent_show(r->agents[i], m, dir, name, r->one_id, err);
}

/* The mount point in the lowest layer, so that the runtime need not make it. */
static int
make_stub(const struct build_shown *r, int root, const char *target, bool folder,
    struct err *err)
{
	cleanup_free char *dir = path_dir(target);
	cleanup_fd int at = -1;

	if (build_mkdirs(root, folder ? target : dir, "", r->one_id, err) < 0)
		return -1;
	if (folder)
		return 0;
	at = fd_open_in(root, dir, O_PATH | O_DIRECTORY, 0);
	cleanup_fd int fd = at < 0
				? -1
				: openat(at, path_base(target),
				      O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	return fd < 0 ? err_sys(err, "making the mount point %s", target) : 0;
}

static int
add_mount(struct build_shown *r, const struct build_mount *m, int source, int stubs,
    struct err *err)
{
	struct stat st = {.st_mode = S_IFDIR};

	if (source >= 0 && fstat(source, &st) < 0)
		return err_sys(err, "looking at the source of %s", m->target);
	r->v[r->len++] =
	    (struct runtime_mount){.kind = source < 0 ? MOUNT_TMPFS : MOUNT_BIND,
		.source = source,
		.target = m->target,
		.readonly = !m->writable && source >= 0};
	return make_stub(r, stubs, m->target, S_ISDIR(st.st_mode), err);
}

static int
make_one(struct build_shown *r, size_t i, int stubs, struct err *err)
{
	const struct build_mount *m = &r->step->mounts[i];
	int source = -1;

	switch (m->kind) {
	case BUILD_BIND: source = open_bind(r, m, i, err); break;
	case BUILD_CACHE:
		if (r->fresh[i] && seed_cache(r, m, i, err) < 0)
			return -1;
		source = fcntl(r->caches[i], F_DUPFD_CLOEXEC, 3);
		break;
	case BUILD_TMPFS:
		if (add_mount(r, m, -1, stubs, err) < 0)
			return -1;
		if (m->size != NULL)
			r->v[r->len - 1].options = xasprintf("size=%s", m->size);
		return 0;
	case BUILD_SECRET:
		if (find_secret(r->b, m) == NULL)
			return 0;
		if (m->env != NULL) {
			const struct build_secret *s = find_secret(r->b, m);
			cleanup_free char *text = xstrndup(s->data, s->len);
			vec_env_set(&r->env, m->env, text);
		}
		if (m->target == NULL)
			return 0;
		source = open_secret(r, m, i, err);
		break;
	case BUILD_SSH:
		if (vec_env_get(&r->env, "SSH_AUTH_SOCK") == NULL)
			vec_env_set(&r->env, "SSH_AUTH_SOCK", m->target);
		if (build_agent_find(r->b, m) == NULL)
			return 0;
		source = open_agent(r, m, i, err);
		break;
	}
	return source < 0 ? -1 : add_mount(r, m, source, stubs, err);
}

int
build_shown_make(struct build_shown *r, size_t extra, struct err *err)
{
	r->v = xcalloc(r->step->nmounts + extra, sizeof *r->v);
	vec_add_all(&r->env, r->step->env.v);
	if (r->step->nmounts == 0)
		return 0;
	if (holder_own_mounts(r->holder, err) < 0)
		return -1;
	cleanup_fd int stubs = new_folder(r->draft, BUILD_STUBS, 0755, err);
	cleanup_fd int secrets = new_folder(r->draft, SECRETS, 0700, err);
	if (stubs < 0 || secrets < 0)
		return -1;
	cleanup_free char *at = xasprintf("/proc/self/fd/%d", secrets);
	if (mount("tmpfs", at, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") <
	    0)
		return err_sys(err, "mounting a tmpfs for secrets");
	for (size_t i = 0; i < r->step->nmounts; i++)
		if (make_one(r, i, stubs, err) < 0)
			return -1;
	return 0;
}
