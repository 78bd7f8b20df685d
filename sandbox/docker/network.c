/*
 * network.c - docker network ls, rm, prune (inspect is inspect.c)
 */
#include "sandbox/docker/pruned.h"

/* ---- ls ------------------------------------------------------------------------------
 */

static const struct format_field fields[] = {
    {"ID", "NETWORK ID"},
    {"Name", "NAME"},
    {"Driver", "DRIVER"},
    {"Scope", "SCOPE"},
    {"IPv4", "IPV4"},
    {"IPv6", "IPV6"},
    {"Internal", "INTERNAL"},
    {"Labels", "LABELS"},
    {"CreatedAt", "CREATED AT"},
    {NULL, NULL},
};
static const struct format_spec spec = {
    .type = "*network.networkContext",
    .table = "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
    .quiet = "{{.ID}}",
    .fields = fields,
};
static const char *const known_filters[] = {
    "dangling", "driver", "id", "label", "name", "scope", "type", NULL};

static bool
has_label(const struct vec *labels, const char *asked)
{
	cleanup_free char *key = xstrndup(asked, strcspn(asked, "="));
	const char *eq = strchr(asked, '='), *value = vec_env_get(labels, key);

	return value != NULL && (eq == NULL || str_eq(eq + 1, value));
}

static bool
is_dangling(struct docker *d, const struct session_network *n)
{
	return !n->predefined && !container_network_active(d->session, n);
}

static bool
holds(
    struct docker *d, const struct session_network *n, const char *key, const char *value)
{
	bool truth = true;

	if (str_eq(key, "name"))
		return strstr(n->name, value) != NULL;
	if (str_eq(key, "id"))
		return str_starts(n->id, value);
	if (str_eq(key, "driver"))
		return str_eq(n->driver, value);
	if (str_eq(key, "scope"))
		return str_eq(value, "local");
	if (str_eq(key, "label"))
		return has_label(&n->labels, value);
	if (str_eq(key, "type"))
		return str_eq(value, n->predefined ? "builtin" : "custom");
	return opts_parse_bool(value, &truth) && truth == is_dangling(d, n);
}

/* moby, daemon/network/filter.go */
static int
check_types(const struct opts *o, struct err *err)
{
	const char *v, *type;

	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;)
		if ((type = str_after(v, "type=")) != NULL && !str_eq(type, "builtin") &&
		    !str_eq(type, "custom"))
			return err_set(
			    err, ERR_INPUT, "invalid filter: 'type'='%s'", type);
	return 0;
}

/* Values of one filter are alternatives, but labels must all be there. */
static bool
passes(struct docker *d, const struct session_network *n)
{
	for (size_t k = 0; known_filters[k] != NULL; k++) {
		const char *key = known_filters[k], *v;
		bool any = false, one = false, every = true;

		for (size_t i = 0; (v = opts_next(&d->opts, "filter", &i)) != NULL;) {
			const char *value = str_after(v, key);
			bool hit;

			if (value == NULL || *value != '=')
				continue;
			hit = holds(d, n, key, value + 1);
			any = true;
			one |= hit;
			every &= hit;
		}
		if (any && !(str_eq(key, "label") ? every : one))
			return false;
	}
	return true;
}

static json_t *
make_row(const struct session_network *n, bool no_trunc)
{
	cleanup_free char *labels = vec_join(&n->labels, ",");
	char created[FORMAT_TEXT * 2], id[65];

	str_copy(id, no_trunc ? sizeof id : 13, n->id);
	clock_format_go(n->created, created);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "ID", id,
	    "Name", n->name, "Driver", n->driver, "Scope", "local", "IPv4", "true",
	    "IPv6", "false", "Internal", n->internal ? "true" : "false", "Labels", labels,
	    "CreatedAt", created);
}

int
docker_network_ls(struct docker *d)
{
	struct err err = ERR_INIT;
	cleanup_format struct format *f = format_open(
	    &spec, opts_str(&d->opts, "format"), opts_on(&d->opts, "quiet"), &err);
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	cleanup_session_networks struct session_networks all = {0};

	if (f == NULL)
		return docker_failed(&err);
	if (docker_filter_check(&d->opts, known_filters, &err) < 0 ||
	    check_types(&d->opts, &err) < 0)
		return docker_refused(&err);
	if (docker_session(d, &err) == NULL ||
	    session_networks(d->session, &all, &err) < 0)
		return docker_failed(&err);
	for (size_t i = 0; i < all.len; i++)
		if (passes(d, &all.list[i]) &&
		    format_row(f, make_row(&all.list[i], opts_on(&d->opts, "no-trunc")),
			&err) < 0)
			return docker_failed(&err);
	format_finish(f, &out);
	return docker_print(&out);
}

/* ---- rm, prune ----------------------------------------------------------------------
 */

static int
remove_one(struct session *s, const char *name, struct err *err)
{
	cleanup_session_network struct session_network n = SESSION_NETWORK_INIT;

	return session_network_find(s, name, &n, err) < 0
		   ? -1
		   : container_network_remove(s, &n, err);
}

int
docker_network_rm(struct docker *d)
{
	bool force = opts_on(&d->opts, "force"), failed = false;
	struct err err = ERR_INIT;

	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	for (size_t i = 0; i < d->opts.nargs; i++) {
		err_clear(&err);
		if (remove_one(d->session, d->opts.args[i], &err) == 0) {
			printf("%s\n", d->opts.args[i]);
			continue;
		}
		if (force && err.kind == ERR_NOT_FOUND)
			continue;
		fflush(stdout);
		docker_refused(&err);
		failed = true;
	}
	if (failed)
		fprintf(stderr, "exit status 1\n");
	return failed;
}

int
prune_networks(struct docker *d, struct pruned *p, struct err *err)
{
	static const char *const known[] = {"label", "label!", "until", NULL};
	cleanup_session_networks struct session_networks all = {0};
	struct prune_filter f;

	if (prune_filter_read(&f, &d->opts, known, err) < 0 ||
	    session_networks(d->session, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.len; i++) {
		const struct session_network *n = &all.list[i];

		if (n->predefined || !prune_filter_fits(&f, &n->labels, n->created) ||
		    container_network_remove(d->session, n, NULL) < 0)
			continue;
		if (p->text.len == 0)
			buf_adds(&p->text, "Deleted Networks:\n");
		buf_addf(&p->text, "%s\n", n->name);
	}
	session_event(
	    d->session, "network", "prune", "", json_pack("{s:s}", "reclaimed", "0"));
	return 0;
}

int
docker_network_prune(struct docker *d)
{
	cleanup_pruned struct pruned p = PRUNED_INIT;
	struct err err = ERR_INIT;

	if (!docker_confirmed(
		d, "all custom networks not used by at least one container"))
		return 0;
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (prune_networks(d, &p, &err) < 0)
		return docker_refused(&err);
	if (p.text.len > 0)
		printf("%s\n", p.text.s);
	return 0;
}
