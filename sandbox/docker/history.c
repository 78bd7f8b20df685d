/*
 * history.c - docker history
 */
#include "sandbox/docker/command.h"

static const struct format_field fields[] = {
    {"ID", "IMAGE"},
    {"CreatedSince", "CREATED"},
    {"CreatedAt", "CREATED AT"},
    {"CreatedBy", "CREATED BY"},
    {"Size", "SIZE"},
    {"Comment", "COMMENT"},
    {NULL, NULL},
};

static const struct format_spec human = {
    .type = "*formatter.historyContext",
    .table = "table {{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
    .quiet = "{{.ID}}",
    .fields = fields,
};

static const struct format_spec exact = {
    .type = "*formatter.historyContext",
    .table = "table {{.ID}}\t{{.CreatedAt}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
    .quiet = "{{.ID}}",
    .fields = fields,
};

struct shown {
	bool human, no_trunc;
	int64_t now;
};

static void
set(json_t *row, const char *key, const char *value)
{
	json_object_set_new(row, key, json_string(value));
}

/* Times before 2000 are no times: reproducible images have them. */
static void
set_times(json_t *row, int64_t created, const struct shown *how)
{
	char text[FORMAT_TEXT];

	if (created == IMAGE_NO_TIME)
		created = 0;
	format_ago(created, how->now, text);
	set(row, "CreatedSince", created > 946684800 * NS_PER_S ? text : "N/A");
	clock_format(created / NS_PER_S * NS_PER_S, text);
	set(row, "CreatedAt", text);
}

static json_t *
make_row(
    const struct image_history *h, const char *id, int64_t size, const struct shown *how)
{
	json_t *row = json_object();
	cleanup_free char *by = xstrdup(h->created_by != NULL ? h->created_by : "");
	char text[FORMAT_TEXT];

	for (char *p = by; (p = strchr(p, '\t')) != NULL;)
		*p = ' ';
	if (!how->no_trunc) {
		char *cut = format_ellipsis(by, 45);

		mem_free_p(&by);
		by = cut;
	}
	set(row, "ID", id);
	set_times(row, h->created, how);
	set(row, "CreatedBy", by);
	if (how->human)
		format_size((double)size, text);
	else
		snprintf(text, sizeof text, "%lld", (long long)size);
	set(row, "Size", text);
	set(row, "Comment", h->comment != NULL ? h->comment : "");
	return row;
}

/* Size of what layer number n (lowest 0) added; chains are topmost first. */
static int64_t
layer_size(struct docker *d, const struct store_image *facts, size_t n)
{
	struct store_layer layer;

	if (n >= facts->chains.len ||
	    store_layer_find(
		d->store, facts->chains.v[facts->chains.len - 1 - n], &layer, NULL) <= 0)
		return 0;
	return layer.size;
}

static int
add_rows(struct docker *d, struct format *f, const char *id,
    const struct image_config *config, const struct store_image *facts, struct err *err)
{
	struct shown how = {.human = opts_on(&d->opts, "human"),
	    .no_trunc = opts_on(&d->opts, "no-trunc"),
	    .now = clock_now()};
	size_t layer = config->diff_ids.len;
	char top[IMAGE_DIGEST + 1];

	snprintf(top, sizeof top, how.no_trunc ? "sha256:%s" : "%.12s", id);
	for (size_t i = config->nhistory; i-- > 0;) {
		const struct image_history *h = &config->history[i];
		int64_t size = 0;

		if (!h->empty_layer && layer > 0)
			size = layer_size(d, facts, --layer);
		if (format_row(f,
			make_row(
			    h, i + 1 == config->nhistory ? top : "<missing>", size, &how),
			err) < 0)
			return -1;
	}
	return 0;
}

int
docker_history(struct docker *d)
{
	const struct opts *o = &d->opts;
	cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;
	cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;
	cleanup_format struct format *f = NULL;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;
	char id[65];

	f = format_open(opts_on(o, "human") ? &human : &exact, opts_str(o, "format"),
	    opts_on(o, "quiet"), &err);
	if (f == NULL)
		return docker_failed(&err);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (docker_find_image(d->session, o->args[0], id, NULL, &err) < 0 ||
	    store_read_config(d->store, id, &config, &err) < 0 ||
	    store_stat_image(d->store, id, &facts, &err) < 0)
		return docker_refused(&err);
	if (add_rows(d, f, id, &config, &facts, &err) < 0)
		return docker_failed(&err);
	format_finish(f, &out);
	return docker_print(&out);
}
