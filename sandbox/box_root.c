/*
 * box_root.c - what the workstation's container is made of: image, folder, mounts
 */
#include "sandbox/offline/offline.h"
#include "sandbox/private.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOXES "workstation"

/* Names that programs in the workstation look up: localhost, and on this machine's own
 * network what this machine knows. */
static const struct {
	const char *name, *target;
} etc_files[] = {{"hosts", "/etc/hosts"}, {"resolv.conf", "/etc/resolv.conf"}};

static int
write_etc(struct keeper *k, struct err *err)
{
	cleanup_buf struct buf hosts = BUF_INIT(64 << 10), resolv = BUF_INIT(64 << 10);
	const struct buf *text[] = {&hosts, &resolv};

	buf_addf(&hosts,
	    "127.0.0.1\tlocalhost\n"
	    "::1\tlocalhost ip6-localhost ip6-loopback\n"
	    "127.0.1.1\t%s\n",
	    k->spec->hostname);
	if (k->s->outer == SANDBOX_OUTER_HOST)
		fd_read_file(AT_FDCWD, "/etc/resolv.conf", &resolv, NULL);
	for (size_t i = 0; i < ARRAY_LEN(etc_files); i++) {
		if (fd_write_file(k->dir, etc_files[i].name, text[i]->s, text[i]->len,
			0644, err) < 0)
			return -1;
		k->etc[i] = openat(k->dir, etc_files[i].name, O_PATH | O_CLOEXEC);
	}
	return 0;
}

static int
find_image(struct keeper *k, struct store_image *ret, struct err *err)
{
	cleanup_json json_t *library = store_library(k->s->store, err);
	char id[65];

	if (library == NULL)
		return -1;
	for (const char *const *ref = k->spec->images; *ref != NULL; ref++) {
		const char *known = json_get_str(library, *ref, NULL);

		if (known == NULL && session_tag_get(k->s->session, *ref, id, NULL) == 1)
			known = id;
		if (known != NULL && store_load_image(k->s->store, known, ret, NULL) == 0)
			return 0;
	}
	err_set(err, ERR_NOT_FOUND, "the image of the workstation is not there");
	return err_hint(err, "'drydock setup' makes it");
}

/* A folder with u, w and m that belongs to the map's root. */
static int
make_folder(struct keeper *k, struct holder *h, struct err *err)
{
	static const char *const parts[] = {".", "u", "w", "m"};
	int session = session_dir(k->s->session);

	if (fd_mkdirs(session, BOXES, 0711, err) < 0)
		return -1;
	k->boxes = openat(session, BOXES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	str_random_hex(k->name, sizeof k->name - 1);
	if (k->boxes < 0 || mkdirat(k->boxes, k->name, 0711) < 0)
		return err_sys(err, "cannot make the workstation's folder");
	k->dir = openat(k->boxes, k->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (k->dir < 0 || flock(k->dir, LOCK_EX | LOCK_NB) < 0)
		return err_sys(err, "cannot lock the workstation's folder");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (i > 0 && mkdirat(k->dir, parts[i], i == 1 ? 0755 : 0711) < 0)
			return err_sys(err, "cannot make the workstation's folder");
		if (geteuid() == 0 && fchownat(k->dir, parts[i], holder_root_uid(h),
					  holder_root_gid(h), 0) < 0)
			return err_sys(err, "cannot hand over the workstation's folder");
	}
	/* The boxes' own folder too: boxes are removed from inside the map. */
	if (geteuid() == 0 &&
	    fchown(k->boxes, holder_root_uid(h), holder_root_gid(h)) < 0)
		return err_sys(err, "cannot hand over the workstations' folder");
	return 0;
}

enum { MOUNTS_MAX = 3 + OFFLINE_MOUNTS + ARRAY_LEN(etc_files) };

static size_t
list_mounts(struct keeper *k, struct runtime_mount *m)
{
	const struct sandbox_box_spec *b = k->spec;
	struct offline_mount lent[OFFLINE_MOUNTS];
	size_t nlent = offline_mounts(&k->lent, lent), n = 0;

	m[n++] = (struct runtime_mount){.kind = MOUNT_BIND,
	    .source = k->workspace,
	    .target = b->workspace,
	    .detached = k->tree[0]};
	m[n++] = (struct runtime_mount){.kind = MOUNT_BIND,
	    .source = k->sockets,
	    .target = SANDBOX_SOCKET_DIR,
	    .detached = k->tree[1]};
	if (k->shim >= 0)
		m[n++] = (struct runtime_mount){.kind = MOUNT_BIND,
		    .source = k->shim,
		    .target = "/usr/local/bin/docker",
		    .readonly = true,
		    .detached = k->tree[2]};
	for (size_t i = 0; i < nlent; i++)
		m[n++] = (struct runtime_mount){.kind = MOUNT_BIND,
		    .source = lent[i].source,
		    .target = lent[i].target,
		    .readonly = true};
	for (size_t i = 0; i < ARRAY_LEN(etc_files); i++)
		if (k->etc[i] >= 0)
			m[n++] = (struct runtime_mount){.kind = MOUNT_BIND,
			    .source = k->etc[i],
			    .target = etc_files[i].target};
	return n;
}

/* Descriptors under the numbers that the program expects; all of them are high. */
static int
place_fds(const struct sandbox_box_spec *b, int *numbers, struct err *err)
{
	for (size_t i = 0; i < b->nfds; i++) {
		if (dup2(b->fds[i].fd, b->fds[i].number) < 0)
			return err_sys(err, "cannot pass a descriptor on");
		numbers[i] = b->fds[i].number;
	}
	return 0;
}

static int
start(struct keeper *k, struct holder *h, struct store_image *image, struct err *err)
{
	const struct sandbox_box_spec *b = k->spec;
	struct runtime_mount mounts[MOUNTS_MAX];
	cleanup_free int *numbers = xcalloc(b->nfds + 1, sizeof *numbers);
	cleanup_fd int netns = session_outer_netns(k->s->session);
	struct runtime_spec r = {.lowers_at = store_layers_dir(k->s->store, err),
	    .lowers = (const char *const *)image->chains.v,
	    .nlowers = image->chains.len,
	    .dir = k->dir,
	    .argv = b->argv,
	    .env = b->env,
	    .cwd = b->cwd,
	    .user = "",
	    .hostname = b->hostname,
	    .mounts = mounts,
	    .net = RUNTIME_NET_JOIN,
	    .netns = netns,
	    .in = -1,
	    .out = -1,
	    .errfd = -1,
	    .keep = numbers,
	    .nkeep = b->nfds,
	    .tty = true,
	    .rows = b->rows,
	    .cols = b->cols};

	if (r.lowers_at < 0)
		return -1;
	if (offline_lend(store_home_dir(k->s->store), r.lowers_at, holder_root_uid(h),
		&image->chains, OFFLINE_FOLDERS, &k->lent, err) < 0)
		return -1;
	r.under = k->lent.under;
	r.nmounts = list_mounts(k, mounts);
	if (place_fds(b, numbers, err) < 0 || holder_enter(h, false, err) < 0)
		return -1;
	if (runtime_prepare(h, &r, &k->proc, err) < 0)
		return -1;
	return runtime_go(&k->proc, err);
}

/* The student's folder and the socket's, as the container root's own. */
static int
open_mounts(struct keeper *k, struct holder *h, struct err *err)
{
	cleanup_fd int workspace =
	    open(k->spec->workspace, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (workspace < 0)
		return err_sys(err, "cannot open the workspace '%s'", k->spec->workspace);
	k->workspace = runtime_tree(h, workspace, true, &k->tree[0], err);
	k->sockets = runtime_tree(h, k->spec->socket_dir, true, &k->tree[1], err);
	if (k->workspace < 0 || k->sockets < 0)
		return -1;
	/* Its folder may be closed to the mapped root, as root's own home is. */
	if (k->spec->shim >= 0)
		k->shim = runtime_tree(h, k->spec->shim, false, &k->tree[2], err);
	return k->spec->shim >= 0 && k->shim < 0 ? -1 : 0;
}

int
box_prepare(struct keeper *k, struct err *err)
{
	cleanup_store_image struct store_image image = {.chains = VEC_INIT};
	struct holder *h = store_holder(k->s->store, err);

	if (h == NULL || find_image(k, &image, err) < 0 || make_folder(k, h, err) < 0 ||
	    write_etc(k, err) < 0 || open_mounts(k, h, err) < 0)
		return -1;
	return start(k, h, &image, err);
}
