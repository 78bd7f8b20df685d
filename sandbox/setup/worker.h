/*
 * worker.h - one running program `fetch`
 */
#ifndef DRYDOCK_SETUP_WORKER_H
#define DRYDOCK_SETUP_WORKER_H

#include "sandbox/fetch/fetch.h"
#include "sandbox/setup/lock.h"

struct worker {
	pid_t pid;
	int to, from;
	struct buf in;              /* what it said, not yet a whole line */
	const struct lock_deb *deb; /* its package, NULL: idle */
	struct vec urls;            /* where to get it, in order */
	size_t next_url;
	unsigned tries; /* of the address at hand */
	int64_t at;     /* bytes of the file that are there */
	char *why;      /* first answer other than "no such file"; NULL: none */
};

/* Starts it in the folder dir. */
int worker_start(struct worker *w, int dir, struct err *err);
/* Ends it (it sees the end of its input) and waits. */
void worker_end(struct worker *w);
/* Sends the job: w->deb from the address w->urls.v[w->next_url]. */
int worker_send(struct worker *w, struct err *err);
/* Takes one whole line of what it said into *line (gives); false when there is none. */
bool worker_line(struct worker *w, char **line);
/* Reads what it says; ERR_SYS when it has ended. */
int worker_read(struct worker *w, struct err *err);

#endif
