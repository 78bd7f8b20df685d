/*
 * df.c - docker system df: what lies on the disk, and what could go
 *
 * Layers that several images stand on count once.
 */
#include "sandbox/docker/df.h"
#include <stdlib.h>

struct kind {
	const char *name;
	long long total, active;
	int64_t size, reclaimable;
	bool percent; /* as Docker: not for the build cache */
};

/* ---- collecting -------------------------------------------------------------------- */

static size_t
users_of(const struct df *f, const char *chain)
{
	size_t n = 0;

	for (size_t i = 0; i < f->nimages; i++)
		n += vec_has(&f->images[i].facts.chains, chain);
	return n;
}

static int64_t
layer_size(const struct df *f, const char *chain)
{
	struct store_layer layer;

	return store_layer_find(f->d->store, chain, &layer, NULL) > 0 ? layer.size : 0;
}

static void
look_at_images(struct df *f)
{
	for (size_t i = 0; i < f->nimages; i++) {
		struct df_image *m = &f->images[i];

		for (ssize_t k = 0; k < f->nrows; k++)
			m->containers +=
			    str_eq(f->rows[k].config->image_id, m->image->id);
		for (size_t k = 0; k < m->facts.chains.len; k++)
			if (users_of(f, m->facts.chains.v[k]) > 1)
				m->shared += layer_size(f, m->facts.chains.v[k]);
	}
}

static int
collect(struct df *f, struct err *err)
{
	if (docker_session(f->d, err) == NULL ||
	    session_images(f->d->session, &f->all, err) < 0)
		return -1;
	f->nrows = docker_rows(f->d->session, &f->rows, err);
	if (f->nrows < 0)
		return -1;
	f->images = xcalloc(f->all.len + 1, sizeof *f->images);
	for (size_t i = 0; i < f->all.len; i++) {
		struct session_image *image = &f->all.list[i];
		struct df_image *m = &f->images[f->nimages];

		*m = (struct df_image){.image = image, .facts = STORE_IMAGE_INIT};
		if ((image->tags.len == 0 || !docker_is_ours(image->tags.v[0])) &&
		    store_stat_image(f->d->store, image->id, &m->facts, NULL) == 0)
			f->nimages++;
	}
	look_at_images(f);
	container_volume_list(f->d->session, &f->volumes);
	return cache_records_read(f->d, &f->cache, err);
}

static void
df_done(struct df *f)
{
	for (size_t i = 0; i < f->nimages; i++)
		store_image_done(&f->images[i].facts);
	free(f->images);
	session_images_done(&f->all);
	if (f->nrows > 0)
		docker_rows_free(f->rows, (size_t)f->nrows);
	vec_done(&f->volumes);
	cache_records_done(&f->cache);
}

/* ---- sums -------------------------------------------------------------------------- */

static struct kind
sum_images(const struct df *f)
{
	struct kind k = {"Images", .total = (long long)f->nimages, .percent = true};
	cleanup_vec struct vec seen = VEC_INIT;
	int64_t used = 0;

	for (size_t i = 0; i < f->nimages; i++) {
		const struct df_image *m = &f->images[i];

		k.active += m->containers > 0;
		used += m->containers > 0 ? m->facts.size - m->shared : 0;
		for (size_t n = 0; n < m->facts.chains.len; n++) {
			if (vec_has(&seen, m->facts.chains.v[n]))
				continue;
			vec_add(&seen, m->facts.chains.v[n]);
			k.size += layer_size(f, m->facts.chains.v[n]);
		}
	}
	k.reclaimable = k.size - used;
	return k;
}

static struct kind
sum_containers(const struct df *f)
{
	struct kind k = {"Containers", .total = f->nrows, .percent = true};

	for (ssize_t i = 0; i < f->nrows; i++) {
		const struct container_state *s = &f->rows[i].state;
		bool active = s->status == CONTAINER_RUNNING || s->restarting;
		int64_t size = docker_container_size(f->d->session, f->rows[i].id);

		k.active += active;
		k.size += size > 0 ? size : 0;
		k.reclaimable += !active && size > 0 ? size : 0;
	}
	return k;
}

long long
df_links(const struct df *f, const char *volume)
{
	cleanup_vec struct vec users = VEC_INIT;

	container_volume_users(f->d->session, volume, &users);
	return (long long)users.len;
}

static struct kind
sum_volumes(const struct df *f)
{
	struct kind k = {
	    "Local Volumes", .total = (long long)f->volumes.len, .percent = true};

	for (size_t i = 0; i < f->volumes.len; i++) {
		int64_t size = docker_volume_size(f->d->session, f->volumes.v[i]);
		bool used = df_links(f, f->volumes.v[i]) > 0;

		k.active += used;
		k.size += size > 0 ? size : 0;
		k.reclaimable += !used && size > 0 ? size : 0;
	}
	return k;
}

int64_t
df_cache_size(const struct df *f, int64_t *ret_busy)
{
	int64_t sum = 0, busy = 0;

	for (size_t i = 0; i < f->cache.len; i++) {
		sum += f->cache.v[i].shared ? 0 : f->cache.v[i].size;
		busy += f->cache.v[i].in_use ? f->cache.v[i].size : 0;
	}
	if (ret_busy != NULL)
		*ret_busy = busy;
	return sum;
}

static struct kind
sum_cache(const struct df *f)
{
	struct kind k = {"Build Cache", .total = (long long)f->cache.len};
	int64_t busy;

	k.size = df_cache_size(f, &busy);
	k.reclaimable = k.size - busy;
	for (size_t i = 0; i < f->cache.len; i++)
		k.active += f->cache.v[i].in_use;
	return k;
}

static json_t *
kind_row(const struct kind *k)
{
	char size[FORMAT_TEXT], part[FORMAT_TEXT];

	format_size4((double)k->size, size);
	format_size4((double)k->reclaimable, part);
	return json_pack("{s:s, s:o, s:o, s:s, s:o}", "Type", k->name, "TotalCount",
	    json_sprintf("%lld", k->total), "Active", json_sprintf("%lld", k->active),
	    "Size", size, "Reclaimable",
	    k->percent && k->size > 0 ? json_sprintf("%s (%lld%%)", part,
					    (long long)(k->reclaimable * 100 / k->size))
				      : json_string(part));
}

static const struct format_field fields[] = {
    {"Type", "TYPE"},
    {"TotalCount", "TOTAL"},
    {"Active", "ACTIVE"},
    {"Size", "SIZE"},
    {"Reclaimable", "RECLAIMABLE"},
    {NULL, NULL},
};
static const struct format_spec spec = {
    .type = "*formatter.diskUsageImagesContext",
    .table = "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
    .fields = fields,
};

static int
print_sums(struct df *f, struct err *err)
{
	cleanup_format struct format *t =
	    format_open(&spec, opts_str(&f->d->opts, "format"), false, err);
	const struct kind kinds[] = {
	    sum_images(f), sum_containers(f), sum_volumes(f), sum_cache(f)};
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);

	if (t == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (format_row(t, kind_row(&kinds[i]), err) < 0)
			return -1;
	format_finish(t, &out);
	return docker_print(&out);
}

int
docker_system_df(struct docker *d)
{
	__attribute__((cleanup(df_done))) struct df f = {
	    .d = d, .volumes = VEC_INIT, .cache = CACHE_RECORDS_INIT};
	struct err err = ERR_INIT;
	int rc;

	if (collect(&f, &err) < 0)
		return docker_failed(&err);
	rc = opts_on(&d->opts, "verbose") ? df_tables(&f, &err) : print_sums(&f, &err);
	return rc < 0 ? docker_failed(&err) : rc;
}
