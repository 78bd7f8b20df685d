/*
 * ps.c - docker ps
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

static const struct format_field fields[] = {
    {"ID", "CONTAINER ID"},
    {"Names", "NAMES"},
    {"Image", "IMAGE"},
    {"Command", "COMMAND"},
    {"CreatedAt", "CREATED AT"},
    {"RunningFor", "CREATED"},
    {"Ports", "PORTS"},
    {"State", "STATE"},
    {"Status", "STATUS"},
    {"Size", "SIZE"},
    {"Labels", "LABELS"},
    {"Mounts", "MOUNTS"},
    {"LocalVolumes", "LOCAL VOLUMES"},
    {"Networks", "NETWORKS"},
    {NULL, NULL},
};

static const struct format_spec spec = {
    .type = "*formatter.ContainerContext",
    .table = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t"
	     "{{.Ports}}\t{{.Names}}",
    .quiet = "{{.ID}}",
    .fields = fields,
};

static const struct format_spec spec_sizes = {
    .type = "*formatter.ContainerContext",
    .table = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t"
	     "{{.Ports}}\t{{.Names}}\t{{.Size}}",
    .quiet = "{{.ID}}",
    .fields = fields,
};

static const char *const known_filters[] = {"id", "name", "label", "status", "exited",
    "ancestor", "before", "since", "network", "publish", "expose", "volume", "health",
    "is-task", "isolation", NULL};

/* "Up 3 minutes", "Exited (0) 2 hours ago", "Created". */
static void
status_text(const struct container_state *s, int64_t now, char out[FORMAT_TEXT * 2])
{
	char age[FORMAT_TEXT];

	switch (s->status) {
	case CONTAINER_CREATED: snprintf(out, FORMAT_TEXT * 2, "Created"); return;
	case CONTAINER_RUNNING:
		format_duration(now - s->started_at, age);
		snprintf(out, FORMAT_TEXT * 2, "Up %s%s", age,
		    s->paused                       ? " (Paused)"
		    : s->health == HEALTH_STARTING  ? " (health: starting)"
		    : s->health == HEALTH_HEALTHY   ? " (healthy)"
		    : s->health == HEALTH_UNHEALTHY ? " (unhealthy)"
						    : "");
		return;
	case CONTAINER_EXITED:
		format_ago(s->finished_at, now, age);
		snprintf(out, FORMAT_TEXT * 2, "%s (%d) %s",
		    s->restarting ? "Restarting" : "Exited", s->exit_code, age);
		return;
	}
}

/* The image as it was written, or its id when that name means another image now. */
static char *
image_text(struct session *s, const struct container_config *c)
{
	char now[65], shorter[IMAGE_ID_SHORT + 1];

	if (docker_find_image(s, c->image, now, NULL, NULL) == 0 &&
	    str_eq(now, c->image_id))
		return xstrdup(c->image);
	image_short_id(c->image_id, shorter);
	return xstrdup(shorter);
}

static void
add_bound(struct format_port *list, size_t *n, const struct network_port *p)
{
	static const char *const both[] = {"0.0.0.0", "::"};
	bool any = p->host_ip[0] == '\0';

	for (size_t i = 0; i < (any ? 2 : 1); i++)
		list[(*n)++] = (struct format_port){any ? both[i] : p->host_ip,
		    p->host_port, p->container_port, p->proto};
}

static char *
ports_text(const struct docker_row *r)
{
	const struct vec *exposed = &r->config->exposed;
	cleanup_free struct format_port *list = NULL;
	size_t n = 0;

	if (r->state.status != CONTAINER_RUNNING)
		return xstrdup("");
	list = xcalloc(r->state.nports * 2 + exposed->len + 1, sizeof *list);
	for (size_t i = 0; i < r->state.nports; i++)
		add_bound(list, &n, &r->state.ports[i]);
	for (size_t i = 0; i < exposed->len; i++) {
		const char *slash = strchr(exposed->v[i], '/');
		uint16_t port = (uint16_t)strtoul(exposed->v[i], NULL, 10);
		size_t k = 0;

		while (k < n && (list[k].container != port || slash == NULL ||
				    !str_eq(list[k].proto, slash + 1)))
			k++;
		if (k == n)
			list[n++] = (struct format_port){
			    NULL, 0, port, slash != NULL ? slash + 1 : "tcp"};
	}
	return format_ports(list, n);
}

static char *
command_text(const struct container_config *c, bool no_trunc)
{
	cleanup_vec struct vec argv = VEC_INIT;

	vec_add_all(&argv, c->entrypoint.v);
	vec_add_all(&argv, c->cmd.v);
	return format_command(argv.v, no_trunc);
}

static json_t *
labels_object(const struct vec *labels)
{
	json_t *j = json_object();

	for (size_t i = 0; i < labels->len; i++) {
		cleanup_free char *name =
		    xstrndup(labels->v[i], strcspn(labels->v[i], "="));

		json_object_set_new(j, name, json_string(vec_env_get(labels, name)));
	}
	return j;
}

/* A volume by its name, a folder by its path. */
static char *
mounts_text(const struct container_config *c, bool no_trunc)
{
	cleanup_vec struct vec names = VEC_INIT;

	for (size_t i = 0; i < c->nmounts; i++) {
		const char *source = c->mounts[i].source;

		if (c->mounts[i].kind != CONTAINER_TMPFS && source != NULL)
			vec_take(&names,
			    no_trunc ? xstrdup(source) : format_ellipsis(source, 15));
	}
	return vec_join(&names, ",");
}

static size_t
volumes_of(const struct container_config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nmounts; i++)
		n += c->mounts[i].kind == CONTAINER_VOLUME;
	return n;
}

static char *
networks_text(const struct container_config *c)
{
	cleanup_vec struct vec names = VEC_INIT;

	for (size_t i = 0; i < c->nendpoints; i++)
		vec_add(&names, c->endpoints[i].network);
	return vec_join(&names, ",");
}

static void
set(json_t *row, const char *key, char *taken)
{
	json_object_set_new(row, key, json_string(taken));
	free(taken);
}

/* "13B (virtual 1.98MB)" */
static char *
size_text(struct session *s, const struct docker_row *r)
{
	cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;
	int64_t own = docker_container_size(s, r->id);
	char a[FORMAT_TEXT], b[FORMAT_TEXT];

	if (own < 0)
		return xstrdup("N/A");
	(void)store_stat_image(session_store(s), r->config->image_id, &facts, NULL);
	format_size((double)own, a);
	format_size((double)(own + facts.size), b);
	return xasprintf("%s (virtual %s)", a, b);
}

json_t *
docker_ps_row(
    struct session *s, const struct docker_row *r, bool no_trunc, bool sizes, int64_t now)
{
	json_t *row = json_object();
	char text[FORMAT_TEXT * 2];

	set(row, "ID", xstrndup(r->id, no_trunc ? 64 : IMAGE_ID_SHORT));
	set(row, "Names", xstrdup(r->config->name));
	set(row, "Image", image_text(s, r->config));
	set(row, "Command", command_text(r->config, no_trunc));
	clock_format_go(r->config->created, text);
	set(row, "CreatedAt", xstrdup(text));
	format_ago(r->config->created, now, text);
	set(row, "RunningFor", xstrdup(text));
	set(row, "Ports", ports_text(r));
	set(row, "State", xstrdup(docker_state_word(&r->state)));
	status_text(&r->state, now, text);
	set(row, "Status", xstrdup(text));
	set(row, "Size", sizes ? size_text(s, r) : xstrdup("N/A"));
	set(row, "Labels", vec_join(&r->config->labels, ","));
	json_object_set_new(row, "Label", labels_object(&r->config->labels));
	set(row, "Mounts", mounts_text(r->config, no_trunc));
	set(row, "LocalVolumes", xasprintf("%zu", volumes_of(r->config)));
	set(row, "Networks", networks_text(r->config));
	return row;
}

static bool
shows_all(const struct opts *o)
{
	const char *v;

	if (opts_on(o, "all") || opts_on(o, "latest") || opts_int(o, "last") > 0)
		return true;
	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;)
		if (str_starts(v, "status=") || str_starts(v, "exited="))
			return true;
	return false;
}

static int
add_rows(struct docker *d, struct format *f, const struct docker_row *rows, size_t count,
    struct err *err)
{
	const struct opts *o = &d->opts;
	long long last = opts_on(o, "latest") ? 1 : opts_int(o, "last");
	bool all = shows_all(o), no_trunc = opts_on(o, "no-trunc");
	bool sizes = opts_on(o, "size") || format_uses(f, "Size");
	int64_t now = clock_now();
	size_t left = last > 0 ? (size_t)last : count;

	for (size_t i = 0; i < count && left > 0; i++) {
		int hit = docker_filter_row(d->session, o, &rows[i], rows, count, err);

		if (hit < 0)
			return -1;
		if (!hit || (!all && rows[i].state.status != CONTAINER_RUNNING &&
				!rows[i].state.restarting))
			continue;
		left--;
		if (format_row(f,
			docker_ps_row(d->session, &rows[i], no_trunc, sizes, now),
			err) < 0)
			return -1;
	}
	return 0;
}

int
docker_ps(struct docker *d)
{
	const struct opts *o = &d->opts;
	struct err err = ERR_INIT;
	cleanup_format struct format *f = NULL;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct docker_row *rows = NULL;
	ssize_t count;
	int rc;

	f = format_open(opts_on(o, "size") ? &spec_sizes : &spec, opts_str(o, "format"),
	    opts_on(o, "quiet"), &err);
	if (f == NULL)
		return docker_failed(&err);
	if (docker_filter_check(o, known_filters, &err) < 0)
		return docker_refused(&err);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (docker_filter_values(d->session, o, &err) < 0)
		return docker_refused(&err);
	count = docker_rows(d->session, &rows, &err);
	rc = count < 0 ? -1 : add_rows(d, f, rows, (size_t)count, &err);
	if (count >= 0)
		docker_rows_free(rows, (size_t)count);
	if (rc < 0)
		return err.kind == ERR_INPUT && str_starts(err.text, "template")
			   ? docker_failed(&err)
			   : docker_refused(&err);
	format_finish(f, &out);
	return docker_print(&out);
}
