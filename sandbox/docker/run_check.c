/*
 * run_check.c - what is wrong with the options of run and create
 *
 * In the order of docker/cli, cli/command/container/opts.go parse(), and of moby,
 * daemon/container.go verifyContainerSettings().
 */
#include "sandbox/docker/mounts.h"
#include "sandbox/docker/run.h"

int
run_check_flags(const struct docker *d, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "mount", &i)) != NULL;) {
		cleanup_mount_flag struct mount_flag f = {0};
		struct err why = ERR_INIT;

		if (mount_flag_parse(&f, v, &why) < 0)
			return err_set(err, ERR_INPUT,
			    "invalid argument \"%.400s\" for \"--mount\" flag: %.1000s",
			    v, why.text);
	}
	return docker_check_networking(&d->opts, err);
}

/* ---- the command line ------------------------------------------------------------- */

static int
check_pull(const struct opts *o, struct err *err)
{
	const char *pull = opts_str(o, "pull");

	if (*pull == '\0' || str_eq(pull, "always") || str_eq(pull, "missing") ||
	    str_eq(pull, "never"))
		return 0;
	return err_set(err, ERR_INPUT,
	    "invalid pull option: '%s': must be one of \"always\", \"missing\" or "
	    "\"never\"",
	    pull);
}

static bool
is_device_mode(const char *s)
{
	return *s != '\0' && strspn(s, "rwm") == strlen(s) && strlen(s) <= 3;
}

static int
check_device(const char *text, struct err *err)
{
	cleanup_free char *copy = xstrdup(text);
	char *rest = copy, *part[4] = {NULL};
	const char *inside;
	size_t n = 0;

	while (n < ARRAY_LEN(part) && rest != NULL)
		part[n++] = strsep(&rest, ":");
	if (n > 3 || rest != NULL || *part[0] == '\0')
		return err_set(err, ERR_INPUT, "bad format for path: %s", text);
	if (n == 3 && !is_device_mode(part[2]))
		return err_set(err, ERR_INPUT, "bad mode specified: %s", part[2]);
	inside = n == 1 || (n == 2 && is_device_mode(part[1])) ? part[0] : part[1];
	if (*inside != '/')
		return err_set(err, ERR_INPUT, "%s is not an absolute path", inside);
	return 0;
}

/* Modes of namespaces that the command line knows; a NULL ends the list. */
static const struct mode_row {
	const char *option, *modes[3], *word;
	bool joins; /* container:NAME */
} modes[] = {
    {"pid", {"", "host"}, "PID", true},
    {"uts", {"", "host"}, "UTS", false},
    {"userns", {"", "host"}, "USER", false},
    {"cgroupns", {"", "host", "private"}, "CGROUP", false},
};

static int
check_modes(const struct opts *o, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		const struct mode_row *m = &modes[i];
		const char *v = opts_str(o, m->option), *name;
		bool known = v == NULL;

		for (size_t k = 0; !known && k < ARRAY_LEN(m->modes); k++)
			known = m->modes[k] != NULL && str_eq(v, m->modes[k]);
		name = known || !m->joins ? NULL : str_after(v, "container:");
		if (!known && (name == NULL || *name == '\0'))
			return err_set(
			    err, ERR_INPUT, "--%s: invalid %s mode", m->option, m->word);
	}
	return 0;
}

static int
check_restart(const struct opts *o, struct err *err)
{
	const char *text = opts_str(o, "restart");

	if (container_check_restart_format(text, err) < 0)
		return -1;
	if (opts_on(o, "rm") && !str_eq(text, "") && !str_starts(text, "no"))
		return err_set(err, ERR_INPUT,
		    "conflicting options: cannot specify both --restart and --rm");
	return 0;
}

static int
check_health(const struct opts *o, struct err *err)
{
	static const char *const times[] = {
	    "health-interval", "health-timeout", "health-start-period"};
	static const char *const all[] = {"health-cmd", "health-interval",
	    "health-timeout", "health-start-period", "health-start-interval",
	    "health-retries"};
	int64_t ns = 0;

	for (size_t i = 0; opts_on(o, "no-healthcheck") && i < ARRAY_LEN(all); i++)
		if (opts_given(o, all[i]))
			return err_set(err, ERR_INPUT,
			    "--no-healthcheck conflicts with --health-* options");
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (opts_duration(opts_str(o, times[i]), &ns, NULL) == 0 && ns < 0)
			return err_set(
			    err, ERR_INPUT, "--%s cannot be negative", times[i]);
	if (opts_int(o, "health-retries") < 0)
		return err_set(err, ERR_INPUT, "--health-retries cannot be negative");
	return 0;
}

/* "net", or the name in "name=net,alias=x"; to end at a comma. */
static char *
network_of(const char *text)
{
	const char *name = strchr(text, '=') != NULL ? strstr(text, "name=") : NULL;

	name = name != NULL ? name + strlen("name=") : text;
	return xstrndup(name, strcspn(name, ","));
}

static bool
is_predefined(const char *network)
{
	static const char *const names[] = {"default", "bridge", "host", "none"};
	bool is = str_starts(network, "container:");

	for (size_t i = 0; !is && i < ARRAY_LEN(names); i++)
		is = str_eq(network, names[i]);
	return is;
}

/* Of several networks none twice, and none of them one of Docker's own. */
static int
check_networks(const struct opts *o, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;
	size_t own = 0;
	const char *v;

	for (size_t i = 0; (v = opts_next(o, "network", &i)) != NULL;) {
		cleanup_free char *name = network_of(v);

		if (vec_has(&names, name))
			return err_set(err, ERR_INPUT,
			    "network \"%s\" is specified multiple times", name);
		own += is_predefined(name);
		vec_add(&names, name);
	}
	if (own == 0 || own == names.len)
		return 0;
	return err_set(err, ERR_INPUT,
	    "conflicting options: cannot attach both user-defined and non-user-defined "
	    "network-modes");
}

int
run_check_client(const struct opts *o, struct err *err)
{
	const char *driver = opts_str(o, "log-driver"), *v;

	if (check_pull(o, err) < 0)
		return -1;
	for (size_t i = 0; (v = opts_next(o, "volume", &i)) != NULL;)
		if (docker_check_volume(v, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(o, "device", &i)) != NULL;)
		if (check_device(v, err) < 0)
			return -1;
	for (size_t i = 0; (v = opts_next(o, "storage-opt", &i)) != NULL;)
		if (strchr(v, '=') == NULL)
			return err_set(err, ERR_INPUT, "invalid storage option");
	if (check_modes(o, err) < 0 ||
	    container_check_restart_format(opts_str(o, "restart"), err) < 0)
		return -1;
	if (driver != NULL && str_eq(driver, "none") && opts_given(o, "log-opt"))
		return err_set(
		    err, ERR_INPUT, "invalid logging opts for driver %s", driver);
	if (check_health(o, err) < 0 || check_restart(o, err) < 0)
		return -1;
	return check_networks(o, err);
}

/* ---- the engine ------------------------------------------------------------------- */

static int
engine_health(const struct opts *o, struct err *err)
{
	static const struct {
		const char *option, *word;
	} times[] = {{"health-interval", "Interval"}, {"health-timeout", "Timeout"},
	    {"health-start-period", "StartPeriod"},
	    {"health-start-interval", "StartInterval"}};
	int64_t ns = 0;

	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (opts_duration(opts_str(o, times[i].option), &ns, NULL) == 0 &&
		    ns != 0 && ns < NS_PER_S / 1000)
			return err_set(err, ERR_INPUT,
			    "%s in Healthcheck cannot be less than 1ms", times[i].word);
	return 0;
}

static int
engine_namespaces(const struct opts *o, struct err *err)
{
	static const char *const ipc_modes[] = {
	    "", "none", "private", "shareable", "host", NULL};
	const char *ipc = opts_str(o, "ipc"), *uts = opts_str(o, "uts");
	const char *isolation = opts_str(o, "isolation"), *after;
	const char *runtime = opts_str(o, "runtime");
	size_t i = 0;

	if (isolation != NULL && *isolation != '\0' && !str_eq(isolation, "default"))
		return err_set(
		    err, ERR_INPUT, "invalid isolation '%s' on linux", isolation);
	while (ipc != NULL && ipc_modes[i] != NULL && !str_eq(ipc, ipc_modes[i]))
		i++;
	after = ipc != NULL && ipc_modes[i] == NULL ? str_after(ipc, "container:") : ipc;
	if (ipc != NULL && (after == NULL || (ipc_modes[i] == NULL && *after == '\0')))
		return err_set(err, ERR_INPUT, "invalid IPC mode: %s", ipc);
	if (uts != NULL && str_eq(uts, "host") && opts_given(o, "hostname"))
		return err_set(
		    err, ERR_INPUT, "conflicting options: hostname and the UTS mode");
	if (runtime != NULL && *runtime != '\0' && !str_eq(runtime, "runc") &&
	    !str_eq(runtime, "io.containerd.runc.v2"))
		return err_set(
		    err, ERR_INPUT, "unknown or invalid runtime name: %s", runtime);
	return 0;
}

static int
engine_log(const struct opts *o, struct err *err)
{
	static const char *const drivers[] = {"json-file", "local", "none", ""};
	static const char *const known[] = {"max-file", "max-size", "compress", "labels",
	    "labels-regex", "env", "env-regex", "tag", "mode", "max-buffer-size"};
	const char *driver = opts_str(o, "log-driver"), *v;
	size_t k = 0;

	while (driver != NULL && k < ARRAY_LEN(drivers) && !str_eq(driver, drivers[k]))
		k++;
	if (k == ARRAY_LEN(drivers))
		return err_set(err, ERR_INPUT,
		    "logger: no log driver named '%s' is registered", driver);
	for (size_t i = 0; (v = opts_next(o, "log-opt", &i)) != NULL;) {
		cleanup_free char *name = xstrndup(v, strcspn(v, "="));

		for (k = 0; k < ARRAY_LEN(known) && !str_eq(name, known[k]);)
			k++;
		if (k == ARRAY_LEN(known))
			return err_set(err, ERR_INPUT,
			    "unknown log opt '%s' for %s log driver", name,
			    driver != NULL && *driver != '\0' ? driver : "json-file");
	}
	return 0;
}

int
run_check_engine(const struct opts *o, struct err *err)
{
	const char *dir = opts_str(o, "workdir"), *signal = opts_str(o, "stop-signal");
	long long adj = opts_int(o, "oom-score-adj");

	if (dir != NULL && *dir != '\0' && *dir != '/')
		return err_set(err, ERR_INPUT,
		    "the working directory '%s' is invalid, it needs to be an absolute "
		    "path",
		    dir);
	if (signal != NULL && *signal != '\0' && proc_signal_number(signal) == 0)
		return err_set(err, ERR_INPUT, "invalid signal: %s", signal);
	if (engine_health(o, err) < 0 ||
	    container_check_restart(opts_str(o, "restart"), err) < 0)
		return -1;
	if (adj < -1000 || adj > 1000)
		return err_set(err, ERR_INPUT,
		    "Invalid value %lld, range for oom score adj is [-1000, 1000]", adj);
	if (opts_str(o, "gpus") != NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "could not select device driver \"\" with capabilities: [[gpu]]");
	return engine_namespaces(o, err) < 0 ? -1 : engine_log(o, err);
}

/* ---- this engine ------------------------------------------------------------------ */

int
run_check_able(const struct opts *o, struct err *err)
{
	static const struct {
		const char *option, *value, *why;
	} unable[] = {
	    {"pid", "host", "its processes always have numbers of their own"},
	    {"ipc", "host", "its memory is always its own"},
	};

	for (size_t i = 0; i < ARRAY_LEN(unable); i++) {
		const char *v = opts_str(o, unable[i].option);

		if (v != NULL && str_starts(v, unable[i].value))
			return err_set(err, ERR_UNSUPPORTED,
			    "--%s=%s: a container of Drydock cannot share that: %s",
			    unable[i].option, v, unable[i].why);
	}
	return 0;
}
