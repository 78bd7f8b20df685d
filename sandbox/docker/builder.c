/*
 * builder.c - docker buildx du, docker builder prune: the build cache
 *
 * A record is a key of the cache and the layer that stands under it.  Records whose layer
 * an image of the session stands on are shared: only --all removes them.  Docker hands
 * `builder` to buildx, whose tables and words these are.
 *
 * Facts: buildx, commands/diskusage.go and prune.go
 */
#include "sandbox/docker/pruned.h"
#include <stdlib.h>

enum { ID = 25 }; /* as long as BuildKit's */

struct record {
	char key[65];
	int64_t size, used;
	bool shared;
};

struct records {
	struct docker *d;
	struct vec chains; /* of the session's images */
	struct record *v;
	size_t len;
};

static int
collect_chains(struct docker *d, struct vec *ret, struct err *err)
{
	cleanup_session_images struct session_images images = {0};

	if (session_images(d->session, &images, err) < 0)
		return -1;
	for (size_t i = 0; i < images.len; i++) {
		cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;
		if (store_stat_image(d->store, images.list[i].id, &facts, NULL) == 0)
			vec_add_all(ret, facts.chains.v);
	}
	return 0;
}

static void
take_record(void *user, const char *key, const json_t *value, int64_t used)
{
	struct records *r = user;
	const char *chain = json_get_str(value, "chain", NULL);
	struct store_layer layer;

	/* other things are kept there too, see sandbox/build */
	if (chain == NULL || store_layer_find(r->d->store, chain, &layer, NULL) != 1)
		return;
	r->v = xrealloc(r->v, (r->len + 1) * sizeof *r->v);
	struct record *new = &r->v[r->len++];
	*new = (struct record){
	    .size = layer.size, .used = used, .shared = vec_has(&r->chains, chain)};
	str_copy(new->key, sizeof new->key, key);
}

static int
by_use(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return x->used < y->used ? 1 : x->used > y->used ? -1 : strcmp(x->key, y->key);
}

static void
records_done(struct records *r)
{
	vec_done(&r->chains);
	free(r->v);
}

static int
read_records(struct docker *d, struct records *r, struct err *err)
{
	r->d = d;
	if (docker_session(d, err) == NULL || collect_chains(d, &r->chains, err) < 0 ||
	    store_cache_each(d->store, take_record, r, err) < 0)
		return -1;
	if (r->len > 0)
		qsort(r->v, r->len, sizeof *r->v, by_use);
	return 0;
}

/* The tabs are those of Go's tabwriter: the header alone knows how wide its columns are.
 */
static void
print_record(const struct record *r, size_t row, bool all_at_once)
{
	char size[FORMAT_TEXT], ago[FORMAT_TEXT];
	cleanup_free char *id = xstrndup(r->key, ID);

	if (row == 0)
		printf("ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED\n");
	format_size4((double)r->size, size);
	format_ago(r->used, clock_now(), ago);
	if (r->shared)
		strncat(size, "*", sizeof size - strlen(size) - 1);
	printf("%-40s\ttrue \t%s%-10s\t%s\n", id, row == 0 || all_at_once ? "\t" : "",
	    size, ago);
}

int
docker_builder_du(struct docker *d)
{
	__attribute__((cleanup(records_done))) struct records r = {.chains = VEC_INIT};
	int64_t sum = 0, shared = 0;
	struct err err = ERR_INIT;
	char text[FORMAT_TEXT];

	if (read_records(d, &r, &err) < 0)
		return docker_failed(&err);
	for (size_t i = 0; i < r.len; i++) {
		print_record(&r.v[i], i, true);
		sum += r.v[i].size;
		shared += r.v[i].shared ? r.v[i].size : 0;
	}
	if (shared > 0) {
		format_size4((double)shared, text);
		printf("Shared:\t\t%s\n", text);
		format_size4((double)(sum - shared), text);
		printf("Private:\t%s\n", text);
	}
	format_size4((double)sum, text);
	printf("Reclaimable:\t%s\nTotal:\t\t%s\n", text, text);
	return 0;
}

/* As buildx asks: in one line. */
static bool
is_confirmed(const struct docker *d, bool all)
{
	char line[16] = "";

	if (opts_on(&d->opts, "force"))
		return true;
	printf("WARNING! This will remove all %sbuild cache. Are you sure you want to "
	       "continue? [y/N] ",
	    all ? "" : "dangling ");
	fflush(stdout);
	client_reads(&d->client, false);
	return fgets(line, sizeof line, stdin) != NULL &&
	       (line[0] == 'y' || line[0] == 'Y') && (line[1] == '\n' || line[1] == '\0');
}

int
prune_cache(struct docker *d, bool all, struct pruned *p, struct err *err)
{
	__attribute__((cleanup(records_done))) struct records r = {.chains = VEC_INIT};

	if (read_records(d, &r, err) < 0)
		return -1;
	for (size_t i = 0; i < r.len; i++) {
		if ((r.v[i].shared && !all) ||
		    store_cache_remove(d->store, r.v[i].key, NULL) < 0)
			continue;
		if (p->text.len == 0)
			buf_adds(&p->text, "Deleted build cache objects:\n");
		buf_addf(&p->text, "%.*s\n", ID, r.v[i].key);
		p->freed += r.v[i].size;
	}
	return 0;
}

int
docker_builder_prune(struct docker *d)
{
	__attribute__((cleanup(records_done))) struct records r = {.chains = VEC_INIT};
	bool all = opts_on(&d->opts, "all");
	struct err err = ERR_INIT;
	char text[FORMAT_TEXT];
	size_t rows = 0;
	int64_t sum = 0;

	if (!is_confirmed(d, all))
		return 0;
	if (read_records(d, &r, &err) < 0)
		return docker_failed(&err);
	for (size_t i = 0; i < r.len; i++) {
		if ((r.v[i].shared && !all) ||
		    store_cache_remove(d->store, r.v[i].key, NULL) < 0)
			continue;
		print_record(&r.v[i], rows++, false);
		sum += r.v[i].size;
	}
	format_size4((double)sum, text);
	printf("Total:\t%s\n", text);
	return 0;
}
