/*
 * command.c - the program libexec/drydock/fetch: jobs in, reports out
 */
#include "sandbox/fetch/private.h"
#include <signal.h>
#include <unistd.h>

enum { LINE_LIMIT = 16384, REPORT_EVERY = NS_PER_S / 10 };

static void
print_report(const struct fetch_report *report)
{
	cleanup_buf struct buf out = BUF_INIT(LINE_LIMIT);

	fetch_report_format(report, &out);
	if (fd_write_all(STDOUT_FILENO, out.s, out.len) < 0)
		_exit(1); /* nobody listens any more */
}

/* At most ten reports a second; arg is the time of the last one. */
static void
on_progress(void *arg, int64_t bytes)
{
	int64_t *last = arg, now = clock_mono();

	if (now - *last < REPORT_EVERY)
		return;
	*last = now;
	print_report(&(struct fetch_report){.what = FETCH_AT, .bytes = bytes});
}

static int
do_job(struct fetch_client *client, const struct fetch_job *job)
{
	struct err err = ERR_INIT;
	int64_t network = 0, last = 0;
	enum fetch_kind kind = fetch_url(client, job, on_progress, &last, &network, &err);

	if (kind == FETCH_OK)
		print_report(
		    &(struct fetch_report){.what = FETCH_DONE, .bytes = network});
	else
		print_report(&(struct fetch_report){
		    .what = FETCH_FAILED, .kind = kind, .text = err.text});
	return kind == FETCH_OK ? 0 : -1;
}

static int
do_line(struct fetch_client *client, const char *line)
{
	struct err err = ERR_INIT;
	struct fetch_job job;
	int r;

	if (fetch_job_parse(line, &job, &err) < 0) {
		print_report(&(struct fetch_report){
		    .what = FETCH_FAILED, .kind = FETCH_FILE, .text = err.text});
		return -1;
	}
	r = do_job(client, &job);
	fetch_job_done(&job);
	return r;
}

static int
do_lines(struct fetch_client *client)
{
	cleanup_buf struct buf in = BUF_INIT(LINE_LIMIT);

	for (;;) {
		char *end = memchr(in.s, '\n', in.len);

		if (end != NULL) {
			*end = '\0';
			do_line(client, in.s);
			buf_eat(&in, (size_t)(end - in.s) + 1);
		} else if (buf_read(&in, STDIN_FILENO, 4096) <= 0) {
			return 0;
		}
	}
}

int
fetch_main(int argc, char **argv)
{
	struct fetch_client *client;
	int r;

	if (argc != 1 && argc != 5) {
		fprintf(stderr, "usage: fetch [URL SIZE SHA256 DESTINATION]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	client = fetch_client_new();
	if (argc == 1) {
		r = do_lines(client);
	} else {
		cleanup_free char *line =
		    xasprintf("%s %s %s %s", argv[1], argv[2], argv[3], argv[4]);

		r = do_line(client, line);
	}
	fetch_client_free(client);
	return r < 0 ? 1 : 0;
}
