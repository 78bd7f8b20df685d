/*
 * run_host.c - options of run and create that say how the engine is to treat the
 * container: limits of the process, health, log, namespaces, devices
 */
#include "sandbox/docker/run.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static const struct {
	const char *option;
	size_t offset;
} lists[] =
    {
	{"group-add", offsetof(struct container_config, group_add)},
	{"ulimit", offsetof(struct container_config, ulimits)},
	{"log-opt", offsetof(struct container_config, log_opts)},
	{"volumes-from", offsetof(struct container_config, volumes_from)},
},
  maps[] =
      {
	  {"sysctl", offsetof(struct container_config, sysctls)},
	  {"annotation", offsetof(struct container_config, annotations)},
},
  strings[] = {
      {"domainname", offsetof(struct container_config, domainname)},
      {"log-driver", offsetof(struct container_config, log_driver)},
      {"pid", offsetof(struct container_config, pid)},
      {"ipc", offsetof(struct container_config, ipc)},
      {"uts", offsetof(struct container_config, uts)},
      {"cidfile", offsetof(struct container_config, cidfile)},
};

#define MEMBER(type, c, row) ((type *)((char *)(c) + (row).offset))

static void
take_lists(const struct opts *o, struct container_config *c)
{
	const char *v;

	for (size_t k = 0; k < ARRAY_LEN(lists); k++)
		for (size_t i = 0; (v = opts_next(o, lists[k].option, &i)) != NULL;)
			vec_add(MEMBER(struct vec, c, lists[k]), v);
	for (size_t k = 0; k < ARRAY_LEN(maps); k++) {
		for (size_t i = 0; (v = opts_next(o, maps[k].option, &i)) != NULL;) {
			cleanup_free char *name = xstrndup(v, strcspn(v, "="));

			vec_env_set(MEMBER(struct vec, c, maps[k]), name,
			    v[strlen(name)] == '=' ? v + strlen(name) + 1 : "");
		}
	}
	for (size_t k = 0; k < ARRAY_LEN(strings); k++) {
		v = opts_str(o, strings[k].option);
		if (v != NULL && *v != '\0')
			*MEMBER(char *, c, strings[k]) = xstrdup(v);
	}
}

/* "container:NAME" is kept with the id, so that a rename does not mislead it. */
static int
resolve_others(struct docker *d, struct container_config *c, struct err *err)
{
	char **const modes[] = {&c->ipc, &c->pid};
	char id[65];

	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		const char *mode = *modes[i];
		const char *other = mode != NULL ? str_after(mode, "container:") : NULL;

		if (other == NULL)
			continue;
		if (container_find(d->session, other, id, err) < 0)
			return -1;
		free(*modes[i]);
		*modes[i] = xasprintf("container:%s", id);
	}
	return 0;
}

/* -a: which streams of the program are ours; none given: its output. */
static void
take_attach(const struct opts *o, struct container_config *c)
{
	const char *v;

	c->attach_out = c->attach_err = !opts_given(o, "attach");
	c->attach_in = c->open_stdin;
	for (size_t i = 0; (v = opts_next(o, "attach", &i)) != NULL;) {
		/* "stdin", "stdout", "stderr", in any case */
		c->attach_in |= strchr("iI", v[3]) != NULL;
		c->attach_out |= strchr("oO", v[3]) != NULL;
		c->attach_err |= strchr("eE", v[3]) != NULL;
	}
}

/* stat(2) of the user's path.  A workstation has few devices: the host's of that name
 * must be the same one. */
static int
stat_device(const struct client *c, const char *path, struct stat *ret)
{
	cleanup_fd int fd = client_open(c, path, O_PATH, 0);
	struct stat host;

	if (fd < 0 || fstat(fd, ret) < 0 || c->root < 0)
		return fd < 0 ? -1 : 0;
	if (lstat(path, &host) < 0 || host.st_rdev != ret->st_rdev ||
	    ((host.st_mode ^ ret->st_mode) & S_IFMT) != 0) {
		errno = ENOENT;
		return -1;
	}
	return 0;
}

/* "/dev/x[:/dev/y][:rwm]": rootless, the node is shown, not made. */
static int
take_devices(struct docker *d, struct container_config *c, struct err *err)
{
	const struct opts *o = &d->opts;
	const char *v;

	for (size_t i = 0; (v = opts_next(o, "device", &i)) != NULL;) {
		cleanup_vec struct vec part = VEC_INIT;
		struct stat st;

		vec_split(&part, v, ":");
		if (stat_device(&d->client, part.v[0], &st) < 0)
			return err_set(err,
			    errno == ENOENT ? ERR_EXEC_MISSING : ERR_INPUT,
			    "error gathering device information while adding custom "
			    "device \"%s\": %s",
			    part.v[0], docker_errno_text(errno));
		if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
			return err_set(err, ERR_INPUT,
			    "error gathering device information while adding custom "
			    "device \"%s\": not a device node",
			    part.v[0]);
		vec_add(&c->devices, v);
	}
	return 0;
}

int
run_take_host(struct docker *d, struct container_config *c, struct err *err)
{
	const struct opts *o = &d->opts;

	take_lists(o, c);
	take_attach(o, c);
	if (opts_given(o, "shm-size"))
		(void)opts_bytes(opts_str(o, "shm-size"), 1024, &c->shm_size, NULL);
	c->oom_score_adj = opts_int(o, "oom-score-adj");
	c->publish_all = opts_on(o, "publish-all");
	if (docker_check_platform(opts_str(o, "platform"), o->args[0],
		"error parsing specified platform", err) < 0 ||
	    resolve_others(d, c, err) < 0)
		return -1;
	return take_devices(d, c, err);
}

void
run_take_health(const struct opts *o, struct container_config *c, const json_t *image)
{
	const json_t *of_image = json_object_get(image, "Healthcheck");
	struct container_health *h = &c->health;
	const struct {
		const char *option, *member;
		int64_t *value;
	} times[] = {{"health-interval", "Interval", &h->interval},
	    {"health-timeout", "Timeout", &h->timeout},
	    {"health-start-period", "StartPeriod", &h->start_period},
	    {"health-start-interval", "StartInterval", &h->start_interval}};
	const char *cmd = opts_str(o, "health-cmd");

	if (opts_on(o, "no-healthcheck")) {
		vec_add(&h->test, "NONE");
		return;
	}
	if (cmd != NULL && *cmd != '\0') {
		vec_add(&h->test, "CMD-SHELL");
		vec_add(&h->test, cmd);
	} else {
		json_get_vec(of_image, "Test", &h->test);
	}
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		(void)opts_duration(opts_str(o, times[i].option), times[i].value, NULL);
		if (*times[i].value == 0)
			*times[i].value = json_get_int(of_image, times[i].member, 0);
	}
	h->retries = (int)opts_int(o, "health-retries");
	if (h->retries == 0)
		h->retries = (int)json_get_int(of_image, "Retries", 0);
	json_get_vec(image, "Shell", &h->shell);
}
