/*
 * df_tables.c - docker system df -v: each image, container and volume
 */
#include "sandbox/docker/df.h"

static const struct format_field image_fields[] = {
    {"Repository", "REPOSITORY"},
    {"Tag", "TAG"},
    {"ID", "IMAGE ID"},
    {"CreatedSince", "CREATED"},
    {"Size", "SIZE"},
    {"SharedSize", "SHARED SIZE"},
    {"UniqueSize", "UNIQUE SIZE"},
    {"Containers", "CONTAINERS"},
    {NULL, NULL},
};
static const struct format_spec image_spec = {
    .type = "*formatter.imageContext",
    .table = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t"
	     "{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}",
    .fields = image_fields,
};
static const struct format_field container_fields[] = {
    {"ID", "CONTAINER ID"},
    {"Image", "IMAGE"},
    {"Command", "COMMAND"},
    {"LocalVolumes", "LOCAL VOLUMES"},
    {"Size", "SIZE"},
    {"RunningFor", "CREATED"},
    {"Status", "STATUS"},
    {"Names", "NAMES"},
    {NULL, NULL},
};
static const struct format_spec container_spec = {
    .type = "*formatter.ContainerContext",
    .table = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t"
	     "{{.RunningFor}}\t{{.Status}}\t{{.Names}}",
    .fields = container_fields,
};
static const struct format_field volume_fields[] = {
    {"Name", "VOLUME NAME"}, {"Links", "LINKS"}, {"Size", "SIZE"}, {NULL, NULL}};
static const struct format_spec volume_spec = {
    .type = "*formatter.volumeContext",
    .table = "table {{.Name}}\t{{.Links}}\t{{.Size}}",
    .fields = volume_fields,
};
static const struct format_field cache_fields[] = {
    {"ID", "CACHE ID"},
    {"CacheType", "CACHE TYPE"},
    {"Size", "SIZE"},
    {"CreatedSince", "CREATED"},
    {"LastUsedSince", "LAST USED"},
    {"UsageCount", "USAGE"},
    {"Shared", "SHARED"},
    {NULL, NULL},
};
static const struct format_spec cache_spec = {
    .type = "*formatter.buildCacheContext",
    .table = "table {{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t"
	     "{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}",
    .fields = cache_fields,
};

/* Only its first name is shown. */
static json_t *
image_row(const struct df_image *m, int64_t now)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *name = NULL;
	char age[FORMAT_TEXT], size[FORMAT_TEXT], shared[FORMAT_TEXT], own[FORMAT_TEXT];

	if (m->image->tags.len > 0 &&
	    image_ref_parse(m->image->tags.v[0], &ref, NULL) == 0)
		name = image_ref_familiar_name(&ref);
	format_ago(m->facts.created, now, age);
	format_size((double)m->facts.size, size);
	format_size((double)m->shared, shared);
	format_size((double)(m->facts.size - m->shared), own);
	return json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:o}", "Repository",
	    name != NULL ? name : "<none>", "Tag", ref.tag != NULL ? ref.tag : "<none>",
	    "ID", json_sprintf("%.12s", m->image->id), "CreatedSince", age, "Size", size,
	    "SharedSize", shared, "UniqueSize", own, "Containers",
	    json_sprintf("%lld", m->containers));
}

static json_t *
image_list(const struct df *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->nimages; i++)
		json_array_append_new(list, image_row(&f->images[i], clock_now()));
	return list;
}

static json_t *
container_list_of(const struct df *f)
{
	json_t *list = json_array();

	for (ssize_t i = 0; i < f->nrows; i++) {
		json_t *row =
		    docker_ps_row(f->d->session, &f->rows[i], false, false, clock_now());
		int64_t bytes = docker_container_size(f->d->session, f->rows[i].id);
		char size[FORMAT_TEXT];

		format_size(bytes > 0 ? (double)bytes : 0, size);
		json_object_set_new(row, "Size", json_string(size));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *
volume_list(const struct df *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->volumes.len; i++) {
		int64_t bytes = docker_volume_size(f->d->session, f->volumes.v[i]);
		char size[FORMAT_TEXT];

		format_size(bytes > 0 ? (double)bytes : 0, size);
		json_array_append_new(
		    list, json_pack("{s:s, s:o, s:s}", "Name", f->volumes.v[i], "Links",
			      json_sprintf("%lld", df_links(f, f->volumes.v[i])), "Size",
			      size));
	}
	return list;
}

/* One table; takes the rows. */
static int
print_table(struct buf *out, const char *title, const struct format_spec *how,
    json_t *rows, struct err *err)
{
	cleanup_format struct format *t = format_open(how, NULL, false, err);
	int rc = t == NULL ? -1 : 0;
	json_t *row;
	size_t i;

	buf_addf(out, "%s\n\n", title);
	json_array_foreach(rows, i, row)
	{
		if (rc == 0)
			rc = format_row(t, json_incref(row), err);
	}
	if (rc == 0)
		format_finish(t, out);
	json_decref(rows);
	return rc;
}

static json_t *
cache_list(const struct df *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->cache.len; i++) {
		const struct cache_record *r = &f->cache.v[i];
		char size[FORMAT_TEXT], made[FORMAT_TEXT], used[FORMAT_TEXT];
		int64_t now = clock_now();

		format_size4((double)r->size, size);
		format_ago(r->created, now, made);
		format_ago(r->used, now, used);
		json_array_append_new(list,
		    json_pack("{s:o, s:s, s:s, s:s, s:s, s:o, s:s}", "ID",
			json_sprintf("%.12s", r->id), "CacheType", cache_record_type(r),
			"Size", size, "CreatedSince", made, "LastUsedSince", used,
			"UsageCount", json_sprintf("%lld", r->uses), "Shared",
			r->shared ? "true" : "false"));
	}
	return list;
}

static int
print_cache(struct buf *out, const struct df *f, struct err *err)
{
	char size[FORMAT_TEXT];
	cleanup_free char *title = NULL;

	format_size4((double)df_cache_size(f, NULL), size);
	title = xasprintf("\nBuild cache usage: %s", size);
	return print_table(out, title, &cache_spec, cache_list(f), err);
}

int
df_tables(struct df *f, struct err *err)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);

	if (print_table(&out, "Images space usage:", &image_spec, image_list(f), err) <
		0 ||
	    print_table(&out, "\nContainers space usage:", &container_spec,
		container_list_of(f), err) < 0 ||
	    print_table(&out, "\nLocal Volumes space usage:", &volume_spec,
		volume_list(f), err) < 0 ||
	    print_cache(&out, f, err) < 0)
		return -1;
	return docker_print(&out);
}
