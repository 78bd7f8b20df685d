/*
 * room.c - what the runtime is told of a start: streams, environment, mounts
 */
#include "sandbox/container/room.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
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
		else
			vec_env_unset(env, c->env.v[i]);
	}
}

/* ---- --init, --device, --ulimit --------------------------------------------------- */

#define INIT_TARGET "/sbin/docker-init"

static int
open_init(struct err *err)
{
	cleanup_free char *path = proc_program("init", err);
	int fd = path == NULL ? -1 : open(path, O_PATH | O_CLOEXEC);

	return path != NULL && fd < 0 ? err_sys(err, "cannot open %s", path) : fd;
}

static void
add_bind(struct room *r, int source, const char *target, bool readonly)
{
	r->mounts[r->spec.nmounts++] = (struct runtime_mount){
	    .kind = MOUNT_BIND, .source = source, .target = target, .readonly = readonly};
}

static int
add_devices(const struct container_config *c, struct room *r, struct err *err)
{
	r->devices = xcalloc(c->devices.len, sizeof *r->devices);
	for (size_t i = 0; i < c->devices.len; i++) {
		struct device *d = &r->devices[r->ndevices++];
		int fd;

		device_parse(c->devices.v[i], d);
		fd = open(d->host, O_PATH | O_CLOEXEC);
		if (fd < 0)
			return err_sys(err, "cannot open the device '%s'", d->host);
		add_bind(r, fd, d->inside, strchr(d->rights, 'w') == NULL);
	}
	return 0;
}

static int
limit_resource(const char *text)
{
	static const struct {
		const char *name;
		int resource;
	} known[] = {{"core", RLIMIT_CORE}, {"cpu", RLIMIT_CPU}, {"data", RLIMIT_DATA},
	    {"fsize", RLIMIT_FSIZE}, {"locks", RLIMIT_LOCKS}, {"memlock", RLIMIT_MEMLOCK},
	    {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
	    {"nofile", RLIMIT_NOFILE}, {"nproc", RLIMIT_NPROC}, {"rss", RLIMIT_RSS},
	    {"rtprio", RLIMIT_RTPRIO}, {"rttime", RLIMIT_RTTIME},
	    {"sigpending", RLIMIT_SIGPENDING}, {"stack", RLIMIT_STACK}};
	size_t len = strcspn(text, "=");

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i].name) == len &&
		    strncmp(known[i].name, text, len) == 0)
			return known[i].resource;
	return -1;
}

/* -1 is "no limit" here and for the kernel. */
static void
make_limits(const struct container_config *c, struct room *r)
{
	r->limits = xcalloc(c->ulimits.len, sizeof *r->limits);
	for (size_t i = 0; i < c->ulimits.len; i++) {
		const char *text = c->ulimits.v[i], *soft = strchr(text, '='), *hard;
		int resource = limit_resource(text);

		if (soft == NULL || resource < 0)
			continue;
		hard = strchr(++soft, ':');
		r->limits[r->spec.nlimits++] =
		    (struct runtime_limit){.resource = resource,
			.soft = (unsigned long long)strtoll(soft, NULL, 10),
			.hard = (unsigned long long)strtoll(
			    hard != NULL ? hard + 1 : soft, NULL, 10)};
	}
	r->spec.limits = r->limits;
}

static int
make_mounts(struct launch *l, struct room *r, struct err *err)
{
	struct runtime_spec *spec = &r->spec;
	struct offline_mount lent[OFFLINE_MOUNTS];
	size_t nlent = offline_mounts(&r->lent, lent), user = l->config->nmounts;

	r->mounts =
	    xcalloc(user + ROOM_FILES + OFFLINE_MOUNTS + l->config->devices.len + 1,
		sizeof *r->mounts);
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
		add_bind(r, fd, room_file_target(i), false);
	}
	for (size_t i = 0; i < nlent; i++)
		add_bind(r, lent[i].source, lent[i].target, true);
	if (l->config->init) {
		int fd = open_init(err);

		if (fd < 0)
			return -1;
		add_bind(r, fd, INIT_TARGET, true);
	}
	return add_devices(l->config, r, err);
}

enum runtime_net
room_net(const char *network)
{
	if (network != NULL && str_eq(network, "none"))
		return RUNTIME_NET_NONE;
	if (network != NULL &&
	    (str_eq(network, "host") || str_starts(network, "container:")))
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
	if (c->init) {
		vec_add(&r->argv, INIT_TARGET);
		vec_add(&r->argv, "--");
	}
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
	    .netns = l->other_netns,
	    .in = -1,
	    .out = -1,
	    .errfd = -1,
	    .tty = c->tty,
	    .rows = l->rows,
	    .cols = l->cols,
	    .readonly_root = c->readonly_root,
	    .domainname = c->domainname,
	    .groups = (const char *const *)c->group_add.v,
	    .sysctls = (const char *const *)c->sysctls.v,
	    .shm_size = c->shm_size,
	    .oom_score_adj = (int)c->oom_score_adj,
	    .host_uts = c->uts != NULL && str_eq(c->uts, "host"),
	    .pids = c->pid != NULL ? &l->pids : NULL,
	    .ipc = c->ipc != NULL && str_starts(c->ipc, "container:") ? &l->ipc : NULL,
	    .no_shm = c->ipc != NULL && str_eq(c->ipc, "none"),
	    .rights = &r->rights,
	    .use = &r->use,
	};
	rights_of(c, &r->rights);
	limits_of(&c->limits, &r->use);
	make_limits(c, r);
	return make_mounts(l, r, err);
}

/* Only what a plan names is filled in. */
void
container_explain(const struct container_config *c, struct buf *out)
{
	cleanup_vec struct vec argv = VEC_INIT;
	cleanup_free struct runtime_mount *mounts =
	    xcalloc(c->nmounts + ROOM_FILES, sizeof *mounts);
	struct room r = {.limits = NULL};

	vec_add_all(&argv, c->entrypoint.v);
	vec_add_all(&argv, c->cmd.v);
	r.spec = (struct runtime_spec){.argv = (const char *const *)argv.v,
	    .cwd = c->workdir,
	    .user = c->user != NULL ? c->user : "",
	    .hostname = c->hostname,
	    .sysctls = (const char *const *)c->sysctls.v,
	    .oom_score_adj = (int)c->oom_score_adj,
	    .host_uts = c->uts != NULL && str_eq(c->uts, "host"),
	    .readonly_root = c->readonly_root,
	    .tty = c->tty,
	    .mounts = mounts};
	make_limits(c, &r);
	for (size_t i = 0; i < c->nmounts; i++)
		mounts[r.spec.nmounts++] = (struct runtime_mount){
		    .kind =
			c->mounts[i].kind == CONTAINER_TMPFS ? MOUNT_TMPFS : MOUNT_BIND,
		    .target = c->mounts[i].target};
	for (size_t i = 0; i < ROOM_FILES; i++)
		mounts[r.spec.nmounts++] = (struct runtime_mount){
		    .kind = MOUNT_BIND, .target = room_file_target(i)};
	runtime_explain(&r.spec, out);
	free(r.limits);
}

void
room_free(struct room *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->spec.nmounts; i++)
		fd_close_p(&r->mounts[i].source);
	room_close_theirs(r);
	for (size_t i = 0; i < r->ndevices; i++)
		device_done(&r->devices[i]);
	free(r->devices);
	free(r->limits);
	free(r->mounts);
	shown_done(&r->shown);
	vec_done(&r->argv);
	vec_done(&r->env);
	offline_done(&r->lent);
	free(r);
}
