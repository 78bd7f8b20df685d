/*
 * top.c - docker top
 *
 * Docker asks the host's ps(1); here its usual forms are written by ourselves: none or
 * -ef, aux, and -o with a list of columns.
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

struct facts {
	const struct container_process *p;
	int64_t now;            /* ns */
	double alive;           /* s since it was started */
	unsigned long long ram; /* bytes */
};

typedef void cell_fn(struct buf *b, const struct facts *f);

static void
user(struct buf *b, const struct facts *f)
{
	if (f->p->uid == 0)
		buf_adds(b, "root");
	else
		buf_addf(b, "%u", f->p->uid);
}

static void
uid(struct buf *b, const struct facts *f)
{
	buf_addf(b, "%u", f->p->uid);
}

static void
pid(struct buf *b, const struct facts *f)
{
	buf_addf(b, "%d", (int)f->p->pid);
}

static void
ppid(struct buf *b, const struct facts *f)
{
	buf_addf(b, "%d", (int)f->p->ppid);
}

static double
seconds(const struct facts *f)
{
	return (double)f->p->ticks / (double)sysconf(_SC_CLK_TCK);
}

static void
cpu(struct buf *b, const struct facts *f)
{
	buf_addf(b, "%d", f->alive > 0 ? (int)(100 * seconds(f) / f->alive) : 0);
}

static void
cpu_share(struct buf *b, const struct facts *f)
{
	buf_addf(b, "%.1f", f->alive > 0 ? 100 * seconds(f) / f->alive : 0.0);
}

static void
memory_share(struct buf *b, const struct facts *f)
{
	buf_addf(b, "%.1f", 100 * (double)f->p->rss / (double)f->ram);
}

static void
started(struct buf *b, const struct facts *f)
{
	time_t then = (time_t)(f->now / NS_PER_S - (int64_t)f->alive);
	struct tm tm;
	char text[16];

	localtime_r(&then, &tm);
	strftime(text, sizeof text, f->alive < 86400 ? "%H:%M" : "%b%d", &tm);
	buf_adds(b, text);
}

static void
terminal(struct buf *b, const struct facts *f)
{
	if (f->p->tty == 0)
		buf_adds(b, "?");
	else
		buf_addf(b, "pts/%u", minor(f->p->tty));
}

static void
cpu_time(struct buf *b, const struct facts *f)
{
	unsigned s = (unsigned)seconds(f);

	buf_addf(b, "%02u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

static void
cpu_minutes(struct buf *b, const struct facts *f)
{
	unsigned s = (unsigned)seconds(f);

	buf_addf(b, "%u:%02u", s / 60, s % 60);
}

static void
elapsed(struct buf *b, const struct facts *f)
{
	unsigned s = (unsigned)f->alive;

	if (s >= 3600)
		buf_addf(b, "%02u:", s / 3600);
	buf_addf(b, "%02u:%02u", s / 60 % 60, s % 60);
}

static void
vsize(struct buf *b, const struct facts *f)
{
	buf_addf(b, "%llu", f->p->vsize / 1024);
}

static void
rss(struct buf *b, const struct facts *f)
{
	buf_addf(b, "%llu", f->p->rss / 1024);
}

static void
state(struct buf *b, const struct facts *f)
{
	buf_addc(b, f->p->state);
}

static void
name(struct buf *b, const struct facts *f)
{
	buf_adds(b, f->p->comm);
}

static void
command(struct buf *b, const struct facts *f)
{
	buf_adds(b, f->p->command);
}

/* ps(1): what -o calls it, its header, its cell. */
static const struct column {
	const char *word, *header;
	cell_fn *cell;
} columns[] = {{"user", "USER", user}, {"uid", "UID", uid}, {"pid", "PID", pid},
    {"ppid", "PPID", ppid}, {"c", "C", cpu}, {"pcpu", "%CPU", cpu_share},
    {"%cpu", "%CPU", cpu_share}, {"pmem", "%MEM", memory_share},
    {"%mem", "%MEM", memory_share}, {"stime", "STIME", started},
    {"start", "STARTED", started}, {"tty", "TT", terminal}, {"tt", "TT", terminal},
    {"time", "TIME", cpu_time}, {"etime", "ELAPSED", elapsed}, {"vsz", "VSZ", vsize},
    {"rss", "RSS", rss}, {"stat", "STAT", state}, {"s", "S", state},
    {"state", "S", state}, {"comm", "COMMAND", name}, {"cmd", "CMD", command},
    {"args", "COMMAND", command}, {"command", "COMMAND", command}};

static const struct column full[] = {{NULL, "UID", user}, {NULL, "PID", pid},
    {NULL, "PPID", ppid}, {NULL, "C", cpu}, {NULL, "STIME", started},
    {NULL, "TTY", terminal}, {NULL, "TIME", cpu_time}, {NULL, "CMD", command}};

static const struct column bsd[] = {{NULL, "USER", user}, {NULL, "PID", pid},
    {NULL, "%CPU", cpu_share}, {NULL, "%MEM", memory_share}, {NULL, "VSZ", vsize},
    {NULL, "RSS", rss}, {NULL, "TTY", terminal}, {NULL, "STAT", state},
    {NULL, "START", started}, {NULL, "TIME", cpu_minutes}, {NULL, "COMMAND", command}};

enum { COLUMNS = 32 };

static int
pick(const char *list, struct column out[COLUMNS], size_t *n, struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	vec_split(&words, list, ", ");
	for (size_t i = 0; i < words.len; i++) {
		size_t k = 0;

		while (k < ARRAY_LEN(columns) && !str_eq(columns[k].word, words.v[i]))
			k++;
		if (k == ARRAY_LEN(columns) || *n == COLUMNS)
			return err_set(err, ERR_INPUT,
			    "ps: exit status 1: error: unknown user-defined format "
			    "specifier \"%s\"",
			    words.v[i]);
		out[(*n)++] = columns[k];
	}
	return 0;
}

/* The options of ps(1) that say which columns; which processes is settled. */
static int
choose(char *const *args, struct column out[COLUMNS], size_t *n, struct err *err)
{
	const struct column *list = full;

	*n = 0;
	for (; *args != NULL; args++) {
		const char *own = str_after(*args, "-o");

		if (own == NULL)
			own = str_after(*args, "-eo");
		if (own != NULL && *own == '\0')
			own = *++args;
		if (own != NULL && pick(own, out, n, err) < 0)
			return -1;
		if (own == NULL && (*args == NULL || str_eq(*args, "-o")))
			return err_set(err, ERR_INPUT,
			    "ps: exit status 1: error: option requires an argument");
		if (str_eq(*args, "aux") || str_eq(*args, "u") || str_eq(*args, "-aux"))
			list = bsd;
	}
	if (*n == 0) {
		*n = list == full ? ARRAY_LEN(full) : ARRAY_LEN(bsd);
		memcpy(out, list, *n * sizeof *list);
	}
	return 0;
}

static void
write_rows(struct buf *b, const struct container_process *list, size_t count,
    const struct column *cols, size_t n)
{
	struct timespec boot;
	struct facts f = {.now = clock_now(),
	    .ram = (unsigned long long)sysconf(_SC_PHYS_PAGES) *
		   (unsigned long long)sysconf(_SC_PAGESIZE)};

	clock_gettime(CLOCK_BOOTTIME, &boot);
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s%s", i > 0 ? "\t" : "", cols[i].header);
	buf_adds(b, "\n");
	for (size_t k = 0; k < count; k++) {
		f.p = &list[k];
		f.alive = (double)boot.tv_sec -
			  (double)list[k].start / (double)sysconf(_SC_CLK_TCK);
		for (size_t i = 0; i < n; i++) {
			if (i > 0)
				buf_addc(b, '\t');
			cols[i].cell(b, &f);
		}
		buf_addc(b, '\n');
	}
}

int
docker_top(struct docker *d)
{
	cleanup_buf struct buf table = BUF_INIT(BUF_OURS), out = BUF_INIT(BUF_OURS);
	cleanup_free struct container_process *list = NULL;
	struct column cols[COLUMNS];
	struct err err = ERR_INIT;
	size_t n;
	char id[65];
	ssize_t count;

	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (container_find(d->session, d->opts.args[0], id, &err) < 0)
		return docker_refused(&err);
	count = container_processes(d->session, id, &list, &err);
	if (count < 0 || choose(d->opts.args + 1, cols, &n, &err) < 0)
		return docker_refused(&err);
	container_note(d->session, id, "top", NULL);
	write_rows(&table, list, (size_t)count, cols, n);
	format_columns_width(&out, table.s, 20, 3);
	return docker_print(&out);
}
