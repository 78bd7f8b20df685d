/*
 * images.c - docker images
 */
#include "sandbox/docker/images.h"
#include <fnmatch.h>
#include <stdlib.h>

static const struct format_field fields[] = {
    {"ID", "IMAGE ID"},
    {"Repository", "REPOSITORY"},
    {"Tag", "TAG"},
    {"Digest", "DIGEST"},
    {"CreatedSince", "CREATED"},
    {"CreatedAt", "CREATED AT"},
    {"Size", "SIZE"},
    {"Containers", "CONTAINERS"},
    {"VirtualSize", "SIZE"},
    {"SharedSize", "SHARED SIZE"},
    {"UniqueSize", "UNIQUE SIZE"},
    {NULL, NULL},
};

static const struct format_spec plain = {
    .type = "*formatter.imageContext",
    .table = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}",
    .quiet = "{{.ID}}",
    .fields = fields,
};

static const struct format_spec with_digests = {
    .type = "*formatter.imageContext",
    .table = "table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}"
	     "\t{{.Size}}",
    .quiet = "{{.ID}}",
    .fields = fields,
};

static const char *const known_filters[] = {
    "dangling", "label", "before", "since", "reference", "until", NULL};

static void
rows_free(struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		vec_done(&rows[i].tags);
		store_image_done(&rows[i].facts);
	}
	free(rows);
}

/* Go's path.Match on the short name with and without its tag. */
static bool
tag_matches(const char *canonical, const char *pattern)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *name = NULL, *whole = NULL;

	if (image_ref_parse(canonical, &ref, NULL) < 0)
		return false;
	name = image_ref_familiar_name(&ref);
	whole = image_ref_familiar(&ref);
	return fnmatch(pattern, whole, FNM_PATHNAME | FNM_PERIOD) == 0 ||
	       fnmatch(pattern, name, FNM_PATHNAME | FNM_PERIOD) == 0;
}

/* Leaves the tags that any of the wanted references names; true when all may stay. */
static bool
keep_references(const struct docker *d, struct vec *tags)
{
	const char *v, *arg = d->opts.nargs > 0 ? d->opts.args[0] : NULL;
	bool any = arg != NULL;

	for (size_t i = 0; (v = opts_next(&d->opts, "filter", &i)) != NULL;)
		any = any || str_starts(v, "reference=");
	for (size_t t = tags->len; any && t-- > 0;) {
		bool hit = arg != NULL && tag_matches(tags->v[t], arg);

		for (size_t i = 0; (v = opts_next(&d->opts, "filter", &i)) != NULL;)
			if (str_starts(v, "reference="))
				hit = hit ||
				      tag_matches(tags->v[t], v + strlen("reference="));
		if (!hit)
			vec_remove(tags, t);
	}
	return !any;
}

static bool
label_matches(const json_t *config, const char *wanted)
{
	size_t n = strcspn(wanted, "=");
	cleanup_free char *name = xstrndup(wanted, n);
	const char *has = json_get_str(json_object_get(config, "Labels"), name, NULL);

	return has != NULL && (wanted[n] != '=' || str_eq(has, wanted + n + 1));
}

/* Creation time of the image that a before or since filter names. */
static int
time_of(struct docker *d, const char *name, int64_t *ret, struct err *err)
{
	cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;
	char id[65];

	if (docker_find_image(d->session, name, id, NULL, err) < 0 ||
	    store_stat_image(d->store, id, &facts, err) < 0)
		return -1;
	*ret = facts.created;
	return 0;
}

/* 1 shown, 0 not, -1 with *err. */
static int
passes(struct docker *d, const struct row *r, bool dangling, struct err *err)
{
	const char *v, *value;
	int64_t t;
	bool on;

	for (size_t i = 0; (v = opts_next(&d->opts, "filter", &i)) != NULL;) {
		if ((value = str_after(v, "dangling=")) != NULL) {
			if (opts_parse_bool(value, &on) && on != dangling)
				return 0;
		} else if ((value = str_after(v, "label=")) != NULL) {
			if (!label_matches(r->facts.config, value))
				return 0;
		} else if ((value = str_after(v, "before=")) != NULL) {
			if (time_of(d, value, &t, err) < 0)
				return -1;
			if (r->facts.created >= t)
				return 0;
		} else if ((value = str_after(v, "since=")) != NULL) {
			if (time_of(d, value, &t, err) < 0)
				return -1;
			if (r->facts.created <= t)
				return 0;
		} else if ((value = str_after(v, "until=")) != NULL) {
			if (docker_when(NULL, value, &t, err) < 0)
				return -1;
			if (t != 0 && r->facts.created >= t)
				return 0;
		}
	}
	return 1;
}

static int
newest_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->facts.created != y->facts.created)
		return x->facts.created > y->facts.created ? -1 : 1;
	return strcmp(x->image->id, y->image->id);
}

/* Fills one row; 1 shown, 0 not, -1. */
static int
fill_row(
    struct docker *d, const struct session_image *image, struct row *r, struct err *err)
{
	bool ours = false;

	*r = (struct row){image, VEC_INIT, {.chains = VEC_INIT, .diffs = VEC_INIT}};
	for (size_t i = 0; i < image->tags.len; i++) {
		if (docker_is_ours(image->tags.v[i]))
			ours = true;
		else
			vec_add(&r->tags, image->tags.v[i]);
	}
	if (ours && r->tags.len == 0)
		return 0;
	if (r->tags.len == 0) /* pulled by digest only */
		vec_add_all(&r->tags, image->digests.v);
	if (!keep_references(d, &r->tags) && r->tags.len == 0)
		return 0;
	/* its content is gone: as if it were not there */
	if (store_stat_image(d->store, image->id, &r->facts, NULL) < 0)
		return 0;
	return passes(d, r, image->tags.len == 0, err);
}

static void
set(json_t *row, const char *key, const char *value)
{
	json_object_set_new(row, key, json_string(value));
}

/* The digest that a registry gave for the tag's repository, or "<none>".  Borrowed. */
static const char *
digest_of(const struct session_image *image, const struct image_ref *ref)
{
	cleanup_free char *repository = xasprintf("%s/%s@", ref->domain, ref->path);

	if (ref->digest != NULL)
		return ref->digest;
	for (size_t i = 0; i < image->digests.len; i++)
		if (str_starts(image->digests.v[i], repository))
			return image->digests.v[i] + strlen(repository);
	return "<none>";
}

static json_t *
make_row(const struct row *r, const char *canonical, bool no_trunc, int64_t now)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *name = NULL;
	char text[FORMAT_TEXT], id[IMAGE_DIGEST + 1];
	json_t *row = json_object();

	if (canonical != NULL && image_ref_parse(canonical, &ref, NULL) == 0)
		name = image_ref_familiar_name(&ref);
	snprintf(id, sizeof id, no_trunc ? "sha256:%s" : "%.12s", r->image->id);
	set(row, "ID", id);
	set(row, "Repository", name != NULL ? name : "<none>");
	set(row, "Tag", ref.tag != NULL ? ref.tag : "<none>");
	set(row, "Digest", name != NULL ? digest_of(r->image, &ref) : "<none>");
	format_ago(r->facts.created, now, text);
	set(row, "CreatedSince", r->facts.created > 0 ? text : "N/A");
	clock_format_go(r->facts.created, text);
	set(row, "CreatedAt", text);
	format_size((double)r->facts.size, text);
	set(row, "Size", text);
	set(row, "VirtualSize", text);
	set(row, "Containers", "N/A");
	set(row, "SharedSize", "N/A");
	set(row, "UniqueSize", "N/A");
	return row;
}

static int
print_rows(struct docker *d, struct format *f, const struct row *rows, size_t count,
    struct err *err)
{
	bool no_trunc = opts_on(&d->opts, "no-trunc");
	int64_t now = clock_now();

	for (size_t i = 0; i < count; i++) {
		/* -q names an image once for every tag, as the table does */
		size_t lines = rows[i].tags.len > 0 ? rows[i].tags.len : 1;

		for (size_t t = 0; t < lines; t++) {
			const char *tag = rows[i].tags.len > 0 ? rows[i].tags.v[t] : NULL;

			if (format_row(f, make_row(&rows[i], tag, no_trunc, now), err) <
			    0)
				return -1;
		}
	}
	return 0;
}

/* "docker images ls" is a slip that Docker knows. */
static void
suggest(const struct docker *d)
{
	static const char *const words[] = {"ls", "list", "rm", "remove", "inspect",
	    "build", "history", "import", "load", "prune", "pull", "push", "save", "tag"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(d->opts.args[0], words[i]))
			fprintf(stderr,
			    "No images found matching \"%s\": did you mean \"docker "
			    "image "
			    "%s\"?\n",
			    words[i], words[i]);
}

int
docker_images(struct docker *d)
{
	const struct opts *o = &d->opts;
	cleanup_session_images struct session_images images = {0};
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	cleanup_format struct format *f = NULL;
	struct err err = ERR_INIT;
	struct row *rows;
	size_t count = 0;
	int rc = 0;

	if (opts_on(o, "tree") && images_tree_refused(o))
		return 1;
	f = format_open(opts_on(o, "digests") ? &with_digests : &plain,
	    opts_str(o, "format"), opts_on(o, "quiet"), &err);
	if (f == NULL)
		return docker_failed(&err);
	if (docker_filter_check(o, known_filters, &err) < 0)
		return docker_refused(&err);
	if (docker_session(d, &err) == NULL ||
	    session_images(d->session, &images, &err) < 0)
		return docker_failed(&err);
	rows = xcalloc(images.len + 1, sizeof *rows);
	for (size_t i = 0; i < images.len && rc >= 0; i++) {
		rc = fill_row(d, &images.list[i], &rows[count], &err);
		if (rc > 0) {
			count++;
		} else {
			vec_done(&rows[count].tags);
			store_image_done(&rows[count].facts);
		}
	}
	if (rc >= 0 && opts_on(o, "tree")) {
		images_tree(d, rows, count, &out);
	} else if (rc >= 0) {
		qsort(rows, count, sizeof *rows, newest_first);
		rc = print_rows(d, f, rows, count, &err);
	}
	rows_free(rows, count);
	if (rc < 0)
		return str_starts(err.text, "template") ? docker_failed(&err)
							: docker_refused(&err);
	if (!opts_on(o, "tree"))
		format_finish(f, &out);
	rc = docker_print(&out);
	if (count == 0 && o->nargs > 0)
		suggest(d);
	return rc;
}
