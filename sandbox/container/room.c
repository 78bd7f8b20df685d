/*
 * room.c - what the runtime is told of a start: streams, environment, mounts
 */
#include "sandbox/container/room.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int
room_open_streams(struct launch *l, struct err *err)
{
	struct runtime_spec *spec = &l->room->spec;
	int in[2] = {-1, -1}, out[2], errs[2];

	if (l->config->tty)
		return 0;
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(errs, O_CLOEXEC) < 0 ||
	    (l->config->open_stdin && pipe2(in, O_CLOEXEC) < 0))
		return err_sys(err, "cannot make pipes");
	spec->in = in[0];
	spec->out = out[1];
	spec->errfd = errs[1];
	l->in = in[1];
	l->out = out[0];
	l->errfd = errs[0];
	return 0;
}

void
room_close_theirs(struct room *r)
{
	struct runtime_spec *spec = &r->spec;

	fd_close_p(&spec->in);
	fd_close_p(&spec->out);
	fd_close_p(&spec->errfd);
}

void
make_env(const struct container_config *c, bool tty, struct vec *env)
{
	/* the order is the engine's: an image's PATH takes this one's place */
	vec_add(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	vec_addf(env, "HOSTNAME=%s", c->hostname);
	if (tty)
		vec_add(env, "TERM=xterm");
	for (size_t i = 0; i < c->env.len; i++) {
		const char *eq = strchr(c->env.v[i], '=');
		cleanup_free char *name =
		    eq ? xstrndup(c->env.v[i], (size_t)(eq - c->env.v[i])) : NULL;

		if (name != NULL)
			vec_env_set(env, name, eq + 1);
	}
}

static int
make_mounts(struct launch *l, struct room *r, struct err *err)
{
	struct runtime_spec *spec = &r->spec;
	struct offline_mount lent[OFFLINE_MOUNTS];
	size_t nlent = offline_mounts(&r->lent, lent), user = l->config->nmounts;

	r->mounts = xcalloc(user + ROOM_FILES + OFFLINE_MOUNTS, sizeof *r->mounts);
	spec->mounts = r->mounts;
	int rc = shown_open(&r->shown, l->session, l->holder, l->config, r->mounts, err);
	spec->nmounts = r->shown.len;
	if (rc < 0)
		return -1;
	for (size_t i = 0; i < ROOM_FILES; i++) {
		if (container_mount_at(l->config, room_file_target(i)) != NULL)
			continue;
		int fd = room_file(l, i, err);

		if (fd < 0)
			return -1;
		r->mounts[spec->nmounts++] = (struct runtime_mount){
		    .kind = MOUNT_BIND, .source = fd, .target = room_file_target(i)};
	}
	for (size_t i = 0; i < nlent; i++)
		r->mounts[spec->nmounts++] = (struct runtime_mount){.kind = MOUNT_BIND,
		    .source = lent[i].source,
		    .target = lent[i].target,
		    .readonly = true};
	return 0;
}

enum runtime_net
room_net(const char *network)
{
	if (network != NULL && str_eq(network, "none"))
		return RUNTIME_NET_NONE;
	if (network != NULL && str_eq(network, "host"))
		return RUNTIME_NET_JOIN;
	return RUNTIME_NET_BRIDGE;
}

int
room_open(struct launch *l, const struct store_image *image, int layers, struct err *err)
{
	struct room *r = l->room = xmalloc(sizeof *r);
	const struct container_config *c = l->config;
	uid_t owner = idmap_root_uid(store_idmap(session_store(l->session)));

	*r = (struct room){
	    .lent = OFFLINE_INIT, .shown = SHOWN_INIT, .argv = VEC_INIT, .env = VEC_INIT};
	vec_add_all(&r->argv, c->entrypoint.v);
	vec_add_all(&r->argv, c->cmd.v);
	make_env(c, c->tty, &r->env);
	if (offline_lend(store_home_dir(session_store(l->session)), layers, owner,
		&image->chains, OFFLINE_FOLDERS, &r->lent, err) < 0)
		return -1;
	r->spec = (struct runtime_spec){
	    .lowers_at = layers,
	    .lowers = (const char *const *)image->chains.v,
	    .nlowers = image->chains.len,
	    .dir = l->dir,
	    .under = r->lent.under,
	    .argv = (const char *const *)r->argv.v,
	    .env = (const char *const *)r->env.v,
	    .cwd = c->workdir != NULL && *c->workdir ? c->workdir : "/",
	    .user = c->user != NULL ? c->user : "",
	    .hostname = c->hostname,
	    .net = room_net(c->network),
	    .netns = -1,
	    .address = l->address.ip,
	    .gateway = network_gateway(),
	    .in = -1,
	    .out = -1,
	    .errfd = -1,
	    .tty = c->tty,
	    .rows = l->rows,
	    .cols = l->cols,
	    .readonly_root = c->readonly_root,
	};
	return make_mounts(l, r, err);
}

void
room_free(struct room *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->spec.nmounts; i++)
		fd_close_p(&r->mounts[i].source);
	room_close_theirs(r);
	free(r->mounts);
	shown_done(&r->shown);
	vec_done(&r->argv);
	vec_done(&r->env);
	offline_done(&r->lent);
	free(r);
}
