/*
 * volume.c - docker volume create, ls, rm (inspect is inspect.c, prune prune.c)
 */
#include "sandbox/docker/command.h"

#define ANONYMOUS "com.docker.volume.anonymous"

int
docker_volume_create(struct docker *d)
{
	cleanup_vec struct vec labels = VEC_INIT;
	char invented[65];
	const char *name = opts_str(&d->opts, "name"), *v;
	struct err err = ERR_INIT;
	const char *driver = opts_str(&d->opts, "driver");

	if (d->opts.nargs > 0)
		name = d->opts.args[0];
	for (size_t i = 0; (v = opts_next(&d->opts, "label", &i)) != NULL;) {
		cleanup_free char *key = xstrndup(v, strcspn(v, "="));

		vec_env_set(&labels, key, strchr(v, '=') ? strchr(v, '=') + 1 : "");
	}
	if (name == NULL || name[0] == '\0') {
		str_random_hex(invented, 64);
		vec_add(&labels, ANONYMOUS "=");
		name = invented;
	}
	if (!str_eq(driver, "local")) {
		err_set(&err, ERR_NOT_FOUND,
		    "create %s: error looking up volume plugin %s: plugin \"%s\" not "
		    "found",
		    name, driver, driver);
		return docker_refused(&err);
	}
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (container_volume_make(d->session, name, &labels, &err) < 0)
		return docker_refused(&err);
	printf("%s\n", name);
	return 0;
}

/* ---- ls -----------------------------------------------------------------------------
 */

static const struct format_field fields[] = {
    {"Name", "VOLUME NAME"},
    {"Driver", "DRIVER"},
    {"Scope", "SCOPE"},
    {"Mountpoint", "MOUNTPOINT"},
    {"Labels", "LABELS"},
    {"Size", "SIZE"},
    {"Links", "LINKS"},
    {NULL, NULL},
};
static const struct format_spec spec = {
    .type = "*formatter.volumeContext",
    .table = "table {{.Driver}}\t{{.Name}}",
    .quiet = "{{.Name}}",
    .fields = fields,
};
static const char *const known_filters[] = {"dangling", "driver", "label", "name", NULL};

static bool
has_label(const struct vec *labels, const char *asked)
{
	cleanup_free char *key = xstrndup(asked, strcspn(asked, "="));
	const char *eq = strchr(asked, '='), *value = vec_env_get(labels, key);

	return value != NULL && (eq == NULL || str_eq(eq + 1, value));
}

/* Does the volume pass all filters? */
static bool
passes(struct docker *d, const char *name, const struct vec *labels)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "filter", &i)) != NULL;) {
		const char *value = strchr(v, '=') + 1;
		cleanup_vec struct vec users = VEC_INIT;
		bool truth = true;

		if (str_starts(v, "name=") && strstr(name, value) == NULL)
			return false;
		if (str_starts(v, "driver=") && !str_eq(value, "local"))
			return false;
		if (str_starts(v, "label=") && !has_label(labels, value))
			return false;
		if (!str_starts(v, "dangling="))
			continue;
		container_volume_users(d->session, name, &users);
		if (opts_parse_bool(value, &truth) && truth != (users.len == 0))
			return false;
	}
	return true;
}

static json_t *
make_row(struct docker *d, const char *name, const struct vec *labels)
{
	cleanup_json json_t *facts = container_volume_inspect(d->session, name, NULL);
	cleanup_free char *all = vec_join(labels, ",");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "Name", name, "Driver",
	    "local", "Scope", "local", "Mountpoint",
	    json_get_str(facts, "Mountpoint", ""), "Labels", all, "Size", "N/A", "Links",
	    "N/A");
}

int
docker_volume_ls(struct docker *d)
{
	struct err err = ERR_INIT;
	cleanup_format struct format *f = format_open(
	    &spec, opts_str(&d->opts, "format"), opts_on(&d->opts, "quiet"), &err);
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	cleanup_vec struct vec names = VEC_INIT;

	if (f == NULL)
		return docker_failed(&err);
	if (docker_filter_check(&d->opts, known_filters, &err) < 0)
		return docker_refused(&err);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	container_volume_list(d->session, &names);
	for (size_t i = 0; i < names.len; i++) {
		cleanup_vec struct vec labels = VEC_INIT;

		if (container_volume_labels(d->session, names.v[i], &labels, NULL) < 0 ||
		    !passes(d, names.v[i], &labels))
			continue;
		if (format_row(f, make_row(d, names.v[i], &labels), &err) < 0)
			return docker_failed(&err);
	}
	format_finish(f, &out);
	return docker_print(&out);
}

/* ---- rm ----------------------------------------------------------------------
 */

static int
remove_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	if (container_volume_remove(s, name, err) == 0)
		return 0;
	/* for the engine what is forced and not there has been removed */
	return opts_on(&d->opts, "force") && err->kind == ERR_NOT_FOUND ? 0 : -1;
}

int
docker_volume_rm(struct docker *d)
{
	return docker_each(d, remove_one, false);
}
