/*
 * builder.c - docker buildx du, docker builder prune: the build cache
 *
 * Docker hands `builder` to buildx, whose tables and words these are.  Records that an
 * image of the session stands on are shared: only --all removes them.
 *
 * Facts: buildx, commands/diskusage.go and prune.go; BuildKit, cache/manager.go
 */
#include "sandbox/docker/cache_records.h"
#include "sandbox/docker/collect.h"
#include "sandbox/docker/pruned.h"
#include <time.h>

/* The tabs are those of Go's tabwriter: the header alone knows how wide its columns are.
 */
static void
print_record(const struct cache_record *r, size_t row, bool all_at_once)
{
	char size[FORMAT_TEXT], ago[FORMAT_TEXT];

	if (row == 0)
		printf("ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED\n");
	format_size4((double)r->size, size);
	format_ago(r->used, clock_now(), ago);
	if (r->shared)
		strncat(size, "*", sizeof size - strlen(size) - 1);
	printf("%-40s\t%-5s\t%s%-10s\t%s\n", r->id, r->in_use ? "false" : "true",
	    row == 0 || all_at_once ? "\t" : "", size, ago);
}

/* "Key:" and tabs up to the second column. */
static void
print_pair(const char *key, const char *value)
{
	printf("%s:%s%s\n", key, strlen(key) < 7 ? "\t\t" : "\t", value);
}

/* As Go's time.Time prints itself. */
static void
print_time(const char *key, int64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	char day[FORMAT_TEXT], text[FORMAT_TEXT + 32];
	struct tm tm;

	strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", gmtime_r(&seconds, &tm));
	snprintf(
	    text, sizeof text, "%s.%09lld +0000 UTC", day, (long long)(ns % NS_PER_S));
	print_pair(key, text);
}

/* With --verbose. */
static void
print_whole(const struct cache_records *all, const struct cache_record *r)
{
	const struct cache_record *below = cache_record_of(all, r->parent);
	char text[FORMAT_TEXT];

	print_pair("ID", r->id);
	if (r->chain[0] != '\0' && below != NULL)
		print_pair("Parent", below->id);
	print_time("Created at", r->created);
	print_pair("Mutable", r->chain[0] == '\0' ? "true" : "false");
	print_pair("Reclaimable", r->in_use ? "false" : "true");
	print_pair("Shared", r->shared ? "true" : "false");
	format_size4((double)r->size, text);
	print_pair("Size", text);
	if (r->what != NULL)
		print_pair("Description", r->what);
	snprintf(text, sizeof text, "%lld", r->uses);
	print_pair("Usage count", text);
	format_ago(r->used, clock_now(), text);
	print_pair("Last used", text);
	print_pair("Type", cache_record_type(r));
	printf("\n");
}

/* As buildx words it. */
static int
failed(const struct err *err)
{
	fprintf(stderr, "ERROR: %s\n", err->text);
	return 1;
}

int
docker_builder_du(struct docker *d)
{
	cleanup_cache_records struct cache_records r = CACHE_RECORDS_INIT;
	cleanup_cache_filter struct cache_filter f = CACHE_FILTER_INIT;
	int64_t sum = 0, shared = 0, busy = 0;
	struct err err = ERR_INIT;
	char text[FORMAT_TEXT];
	size_t rows = 0;

	if (cache_filter_read(&f, &d->opts, &err) < 0 ||
	    cache_records_read(d, &r, &err) < 0)
		return failed(&err);
	for (size_t i = 0; i < r.len; i++) {
		if (!cache_filter_fits(&f, &r.v[i]))
			continue;
		if (opts_on(&d->opts, "verbose"))
			print_whole(&r, &r.v[i]);
		else
			print_record(&r.v[i], rows++, true);
		sum += r.v[i].size;
		shared += r.v[i].shared ? r.v[i].size : 0;
		busy += r.v[i].in_use ? r.v[i].size : 0;
	}
	if (f.fields.len > 0 || f.unused_for > 0)
		return 0; /* the sums are of all, or not at all */
	if (shared > 0) {
		format_size4((double)shared, text);
		printf("Shared:\t\t%s\n", text);
		format_size4((double)(sum - shared), text);
		printf("Private:\t%s\n", text);
	}
	format_size4((double)(sum - busy), text);
	printf("Reclaimable:\t%s\n", text);
	format_size4((double)sum, text);
	printf("Total:\t\t%s\n", text);
	return 0;
}

/* ---- prune ------------------------------------------------------------------------- */

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

/* What is kept is what was used last: all that fits into `keep` bytes (-1: nothing is
 * kept for its size). */
static void
keep_newest(struct cache_records *r, int64_t keep)
{
	int64_t total = 0;

	for (size_t i = 0; i < r->len; i++)
		total += r->v[i].size;
	/* from the oldest on, as long as there is more than that */
	for (size_t i = r->len; i-- > 0;) {
		if (total <= keep)
			r->v[i].in_use = true;
		total -= r->v[i].size;
	}
}

/* Removes those that the filter fits; tell hears of each. */
static int
prune(struct docker *d, struct cache_records *r, const struct cache_filter *f, bool all,
    void (*tell)(void *user, const struct cache_record *r), void *user, int64_t *ret_sum,
    struct err *err)
{
	for (size_t i = 0; i < r->len; i++) {
		const struct cache_record *one = &r->v[i];

		if ((one->shared && !all) || one->in_use || !cache_filter_fits(f, one) ||
		    cache_record_remove(d, one) < 0)
			continue;
		*ret_sum += one->size;
		tell(user, one);
	}
	return docker_collect(d, err);
}

static void
tell_row(void *user, const struct cache_record *r)
{
	size_t *rows = user;

	print_record(r, (*rows)++, false);
}

int
docker_builder_prune(struct docker *d)
{
	cleanup_cache_records struct cache_records r = CACHE_RECORDS_INIT;
	cleanup_cache_filter struct cache_filter f = CACHE_FILTER_INIT;
	const char *keep = opts_str(&d->opts, "keep-storage");
	bool all = opts_on(&d->opts, "all");
	struct err err = ERR_INIT;
	char text[FORMAT_TEXT];
	int64_t sum = 0, bytes = 0;
	size_t rows = 0;

	if (keep != NULL && opts_bytes(keep, 1024, &bytes, &err) < 0)
		return failed(&err);
	if (cache_filter_read(&f, &d->opts, &err) < 0)
		return failed(&err);
	if (!is_confirmed(d, all))
		return 0;
	if (cache_records_read(d, &r, &err) < 0)
		return failed(&err);
	if (bytes > 0)
		keep_newest(&r, bytes);
	if (prune(d, &r, &f, all, tell_row, &rows, &sum, &err) < 0)
		return failed(&err);
	format_size4((double)sum, text);
	printf("Total:\t%s\n", text);
	return 0;
}

/* ---- for docker system prune ------------------------------------------------------- */

static void
tell_id(void *user, const struct cache_record *r)
{
	struct pruned *p = user;

	if (p->text.len == 0)
		buf_adds(&p->text, "Deleted build cache objects:\n");
	buf_addf(&p->text, "%s\n", r->id);
}

int
prune_cache(struct docker *d, bool all, struct pruned *p, struct err *err)
{
	cleanup_cache_records struct cache_records r = CACHE_RECORDS_INIT;
	cleanup_cache_filter struct cache_filter f = CACHE_FILTER_INIT;

	if (cache_filter_read(&f, &d->opts, err) < 0 ||
	    cache_records_read(d, &r, err) < 0)
		return -1;
	return prune(d, &r, &f, all, tell_id, p, &p->freed, err);
}
