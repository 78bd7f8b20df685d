/*
 * added_debs.c - Debian packages that the machine's mirror has
 */
#include "sandbox/setup/added_private.h"
#include "sandbox/setup/pool.h"
#include "sandbox/setup/progress.h"
#include "sandbox/setup/sources.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { LIST_MAX = 1 << 16, LOG_MAX = 16 << 20 };

static const char *const images[][2] = {
    {"bullseye", "python:3.9-slim"}, {"bookworm", "debian:bookworm-slim"}};

/* What the suite does not have is written down; the rest comes with all it needs.  The
 * pool is asked first, so that nothing is fetched twice. */
static const char script[] =
    "set -e\n"
    "o='-o Dir::Etc::sourcelist=/tmp/list -o Dir::Etc::sourceparts=/dev/null'\n"
    "mkdir -p /out/partial; : >/out/absent; have=\n"
    "apt-get $o -qq update || echo 'E: no index'\n"
    "for n in $(cat /tmp/names); do\n"
    "  if apt-cache $o show \"$n\" >/dev/null 2>&1; then have=\"$have $n\"\n"
    "  else echo \"$n\" >>/out/absent; fi\n"
    "done\n"
    "[ -z \"$have\" ] || apt-get $o -o Dir::Cache::archives=/out -qq -y --download-only"
    " install $have\n"
    "rm -rf /out/partial /out/lock; chmod 644 /out/*\n";

/* Every name is part of a shell's line. */
static int
read_names(const char *list, struct vec *names, struct err *err)
{
	cleanup_buf struct buf text = BUF_INIT(LIST_MAX);
	cleanup_vec struct vec lines = VEC_INIT;

	if (faccessat(AT_FDCWD, list, R_OK, 0) < 0)
		buf_adds(&text, list);
	else if (fd_read_file(AT_FDCWD, list, &text, err) < 0)
		return -1;
	vec_split(&lines, text.s, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		lines.v[i][strcspn(lines.v[i], "#")] = '\0';
		vec_split(names, lines.v[i], ", \t\r");
	}
	for (size_t i = 0; i < names->len; i++)
		if (names->v[i][strspn(names->v[i],
			"abcdefghijklmnopqrstuvwxyz0123456789+-.")] != '\0' ||
		    names->v[i][0] == '-')
			return err_set(err, ERR_INPUT,
			    "%s is no name of a Debian package", names->v[i]);
	return names->len > 0 ? 0 : err_set(err, ERR_INPUT, "%s names no package", list);
}

static int
write_sources(struct gather *g, const char *suite, const struct mirrors *m,
    const struct vec *names, struct err *err)
{
	cleanup_buf struct buf list = BUF_INIT(BUF_OURS);
	cleanup_free char *all = vec_join(names, "\n"), *proxy = mirrors_proxy();
	cleanup_free char *conf = NULL;

	if (pool_is_made(store_home_dir(g->store), suite))
		buf_addf(&list, "deb [trusted=yes] file:/dev/drydock/apt/%s ./\n", suite);
	for (size_t i = 0; i < m->main.len; i++)
		buf_addf(&list, "deb %s %s main\n", m->main.v[i], suite);
	for (size_t i = 0; i < m->security.len; i++)
		buf_addf(&list, "deb %s %s-security main\n", m->security.v[i], suite);
	if (proxy != NULL) {
		conf = xasprintf("Acquire::http::Proxy \"%s\";\n", proxy);
		if (gather_write(g, "root/etc/apt/apt.conf.d/98proxy", conf, strlen(conf),
			err) < 0)
			return -1;
	}
	if (gather_write(g, "root/tmp/list", list.s, list.len, err) < 0)
		return -1;
	return gather_write(g, "root/tmp/names", all, strlen(all), err);
}

/* What one suite gave. */
struct answer {
	struct vec absent; /* names that it does not have */
	char *why;         /* it could not be asked; NULL */
};

static void
answers_done(struct answer *a)
{
	for (size_t i = 0; i < ARRAY_LEN(images); i++) {
		vec_done(&a[i].absent);
		free(a[i].why);
	}
}

/* A mirror may have one suite and not the other: which is judged at the end. */
static int
get_suite(struct gather *g, size_t which, const struct mirrors *m,
    const struct vec *names, struct answer *ret, struct err *err)
{
	cleanup_buf struct buf log = BUF_INIT(LOG_MAX), text = BUF_INIT(LIST_MAX);
	cleanup_free char *said = NULL;
	int code;

	progress_say("asking the mirror of this machine's apt for %s", images[which][0]);
	if (write_sources(g, images[which][0], m, names, err) < 0 ||
	    (code = gather_run(g, images[which][1], script, &log, err)) < 0)
		return -1;
	said = gather_said(&log, " W: Failed to fetch ");
	if (said == NULL)
		said = gather_said(&log, " E: ");
	if (code != 0 || fd_read_file(g->dir, "out/absent", &text, NULL) < 0)
		return err_set(err, ERR_NOT_FOUND, "apt of %s could not get them: %s",
		    images[which][1], said != NULL ? said : "it did not say why");
	vec_split(&ret->absent, text.len > 0 ? text.s : "", "\n");
	if (ret->absent.len > 0)
		ret->why = take_ptr(said);
	return 0;
}

/* A name that no suite has is an error; one that some do not have is told. */
static int
judge_name(const char *name, const struct answer *answers, struct err *err)
{
	size_t without = 0;
	const char *why = NULL;

	for (size_t i = 0; i < ARRAY_LEN(images); i++)
		if (vec_has(&answers[i].absent, name)) {
			without++;
			why = answers[i].why;
		}
	if (without == ARRAY_LEN(images)) {
		err_set(err, ERR_NOT_FOUND,
		    "%s cannot be had: the mirror of this "
		    "machine's apt %s%s",
		    name,
		    why != NULL ? "could not be asked: " : "has no package of that name",
		    why != NULL ? why : "");
		return err_hint(err, "nothing was added");
	}
	for (size_t i = 0; i < ARRAY_LEN(images); i++)
		if (vec_has(&answers[i].absent, name))
			progress_say("%s is not there for %s", name, images[i][1]);
	return 0;
}

static int
keep(struct gather *g, const char *suite, struct err *err)
{
	int home = store_home_dir(g->store);
	cleanup_free char *folder = xasprintf(ADDED_APT "/%s", suite);
	cleanup_free char *stock = xasprintf("apt/%s/p", suite);
	int taken = added_take(g, folder, stock, ".deb", err);
	cleanup_fd int debs = openat(home, "debs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (taken == 0)
		printf("All of it is there already for %s.\n", suite);
	return taken <= 0 ? taken : pool_make(home, debs, suite, err);
}

static int
get_all(struct gather *const gathers[], struct answer *answers, const struct vec *names,
    struct err *err)
{
	cleanup_mirrors struct mirrors m = MIRRORS_INIT;

	if (mirrors_find(&m, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(images); i++)
		if (gather_open(gathers[i]->store, gathers[i], err) < 0 ||
		    get_suite(gathers[i], i, &m, names, &answers[i], err) < 0)
			return -1;
	for (size_t i = 0; i < names->len; i++)
		if (judge_name(names->v[i], answers, err) < 0)
			return -1;
	return 0;
}

int
added_debs(struct store *s, const char *list, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;
	cleanup_gather struct gather one = {.store = s, .dir = -1},
				     two = {.store = s, .dir = -1};
	struct gather *const gathers[] = {&one, &two};
	struct answer answers[ARRAY_LEN(images)] = {{.why = NULL}};
	int r = read_names(list, &names, err);

	if (r == 0)
		r = get_all(gathers, answers, &names, err);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(images); i++)
		r = keep(gathers[i], images[i][0], err);
	answers_done(answers);
	return r;
}
