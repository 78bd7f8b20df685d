/*
 * download.c - see download.h
 */
#include "sandbox/setup/download.h"
#include "sandbox/setup/progress.h"
#include "sandbox/setup/worker.h"
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORKERS = 4, TRIES = 3 };

struct downloading {
	int debs;
	const struct lock *lock;
	const struct mirrors *mirrors;
	const char *folder;
	struct worker workers[WORKERS];
	size_t nworkers;
	size_t next;            /* in the lock */
	size_t done, all;       /* packages */
	int64_t bytes, missing; /* done and to do in all */
};

static bool
is_there(int debs, const struct lock_deb *deb)
{
	struct stat st;

	return fstatat(debs, deb->sha256, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && st.st_size == deb->size;
}

size_t
download_missing(int debs, const struct lock *lock, int64_t *ret_bytes)
{
	size_t n = 0;

	*ret_bytes = 0;
	for (size_t i = 0; i < lock->ndebs; i++) {
		if (is_there(debs, &lock->debs[i]))
			continue;
		*ret_bytes += lock->debs[i].size;
		n++;
	}
	return n;
}

static void
show(const struct downloading *d, const char *name)
{
	char now[24], all[24];
	int64_t bytes = d->bytes;

	for (size_t i = 0; i < d->nworkers; i++)
		if (d->workers[i].deb != NULL)
			bytes += d->workers[i].at;
	progress_show("fetching packages: %s of %s, %zu of %zu: %s",
	    progress_size(bytes, now), progress_size(d->missing, all), d->done, d->all,
	    name);
}

/* Gives the worker the next missing package, if there is one. */
static int
give_work(struct downloading *d, struct worker *w, struct err *err)
{
	while (d->next < d->lock->ndebs && is_there(d->debs, &d->lock->debs[d->next]))
		d->next++;
	if (d->next == d->lock->ndebs)
		return 0;
	w->deb = &d->lock->debs[d->next++];
	w->next_url = w->tries = 0;
	free(w->why);
	w->why = NULL;
	vec_done(&w->urls);
	mirrors_urls(d->mirrors, w->deb->path, &w->urls);
	return worker_send(w, err);
}

static void
finish(struct downloading *d, struct worker *w)
{
	char size[24], now[24], all[24];

	d->done++;
	d->bytes += w->deb->size;
	if (progress_is_live())
		show(d, w->deb->name);
	else
		progress_say("fetched %s %s, %s (%s of %s)", w->deb->name,
		    w->deb->version, progress_size(w->deb->size, size),
		    progress_size(d->bytes, now), progress_size(d->missing, all));
	w->deb = NULL;
}

/* No address is left: what to tell the user. */
static int
give_up(const struct downloading *d, const struct worker *w, struct err *err)
{
	const struct lock_deb *deb = w->deb;

	if (w->why != NULL) {
		err_set(
		    err, ERR_SYS, "fetching %s %s: %s", deb->name, deb->version, w->why);
		return err_hint(err,
		    "what has been fetched is kept: run drydock setup "
		    "again to go on, or set DRYDOCK_MIRROR to another Debian mirror");
	}
	err_set(err, ERR_NOT_FOUND, "the package %s %s is not on the mirror any more",
	    deb->name, deb->version);
	return err_hint(err,
	    "set DRYDOCK_MIRROR to a Debian mirror that still has it, or "
	    "copy the folder debs of a DRYDOCK_HOME where setup worked to %s, and run "
	    "drydock setup again",
	    d->folder);
}

/* Another try at the same address when the network failed, else the next address. */
static int
try_further(struct downloading *d, struct worker *w, const struct fetch_report *report,
    struct err *err)
{
	if (report->kind == FETCH_FILE)
		return err_set(err, ERR_SYS, "%s", report->text);
	if (report->kind != FETCH_GONE && w->why == NULL)
		w->why = xstrdup(report->text);
	if (report->kind == FETCH_NET && ++w->tries < TRIES)
		return worker_send(w, err);
	w->tries = 0;
	if (++w->next_url >= w->urls.len)
		return give_up(d, w, err);
	return worker_send(w, err);
}

static int
hear(struct downloading *d, struct worker *w, const char *line, struct err *err)
{
	struct fetch_report report;

	if (fetch_report_parse(line, &report, err) < 0)
		return -1;
	if (w->deb == NULL)
		return err_set(err, ERR_CORRUPT, "fetch spoke out of turn");
	if (report.what == FETCH_FAILED)
		return try_further(d, w, &report, err);
	if (report.what == FETCH_AT) {
		w->at = report.bytes;
		show(d, w->deb->name);
		return 0;
	}
	finish(d, w);
	return give_work(d, w, err);
}

static int
listen_to(struct downloading *d, struct worker *w, struct err *err)
{
	char *line;

	if (worker_read(w, err) < 0)
		return -1;
	while (worker_line(w, &line)) {
		int r = hear(d, w, line, err);

		free(line);
		if (r < 0)
			return -1;
	}
	return 0;
}

static int
run(struct downloading *d, struct err *err)
{
	struct pollfd p[WORKERS];

	for (size_t i = 0; i < d->nworkers; i++)
		if (give_work(d, &d->workers[i], err) < 0)
			return -1;
	while (d->done < d->all) {
		for (size_t i = 0; i < d->nworkers; i++)
			p[i] =
			    (struct pollfd){.fd = d->workers[i].from, .events = POLLIN};
		if (poll(p, d->nworkers, -1) < 0)
			continue;
		for (size_t i = 0; i < d->nworkers; i++)
			if (p[i].revents != 0 && listen_to(d, &d->workers[i], err) < 0)
				return -1;
	}
	return 0;
}

int
download(int debs, const struct lock *lock, const struct mirrors *mirrors,
    const char *folder, struct err *err)
{
	struct downloading d = {
	    .debs = debs, .lock = lock, .mirrors = mirrors, .folder = folder};
	int r = 0;

	d.all = download_missing(debs, lock, &d.missing);
	signal(SIGPIPE, SIG_IGN);
	while (r == 0 && d.nworkers < WORKERS && d.nworkers < d.all)
		r = worker_start(&d.workers[d.nworkers++], debs, err);
	if (r == 0)
		r = run(&d, err);
	for (size_t i = 0; i < d.nworkers; i++)
		worker_end(&d.workers[i]);
	return r;
}
