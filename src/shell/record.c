/*
 * record.c - what was done, kept line by line, and told as a Markdown report
 *
 *     record.jsonl   {"time":s, "lesson", "step":n, "title", and one of
 *                     "line" with "status", "output", "by"; "note"; "reached"}
 */
#include "src/shell/private.h"
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME "record.jsonl"

enum { OUTPUT_KEPT = 6 << 10, OUTPUT_LINES = 40, RECORD_MAX = 64 << 20 };

/* One write(2) a line: two shells never mix theirs. */
static void
add(struct shell *sh, json_t *taken)
{
	cleanup_json json_t *entry = taken;
	const struct lesson_step *s = &sh->lesson->steps[sh->step];
	cleanup_free char *text = NULL;
	cleanup_fd int fd = -1;

	if (sh->progress.dir < 0 || entry == NULL)
		return;
	json_object_set_new(entry, "time", json_integer(clock_now() / NS_PER_S));
	json_object_set_new(entry, "lesson", json_string(sh->course.lesson));
	json_object_set_new(entry, "step", json_integer((json_int_t)sh->step + 1));
	json_object_set_new(entry, "title", json_string(s->title));
	text = json_dumps(entry, JSON_COMPACT);
	fd = openat(sh->progress.dir, FILE_NAME,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (text != NULL && fd >= 0) {
		cleanup_free char *line = xasprintf("%s\n", text);

		fd_write_all(fd, line, strlen(line));
	}
}

/* Without escape sequences, carriage returns and what they take back. */
static char *
plain(const char *s)
{
	struct buf b = BUF_INIT(BUF_OURS);
	size_t line = 0;

	for (; *s != '\0'; s++) {
		if (*s == '\033') {
			s++;
			if (*s == '[')
				s += 1 + strspn(s + 1, "0123456789;?<=>! ");
			if (*s == '\0')
				break;
		} else if (*s == '\r' && s[1] != '\n' && s[1] != '\r') {
			buf_cut(&b, line);
		} else if (*s == '\n' || *s == '\t' || (unsigned char)*s >= ' ') {
			buf_addc(&b, *s);
			line = *s == '\n' ? b.len : line;
		}
	}
	return buf_take(&b);
}

void
record_command(struct shell *sh, const struct judge_command *c, const char *by)
{
	cleanup_free char *text = plain(c->output);
	size_t len = strlen(text);
	const char *end = len > OUTPUT_KEPT ? text + len - OUTPUT_KEPT : text;
	json_t *output = json_string(end + (end > text ? strcspn(end, "\n") : 0));
	json_t *line = json_string(c->text);

	add(sh, json_pack("{s:o, s:i, s:o, s:s}", "line",
		    line != NULL ? line : json_string("?"), "status", c->status, "output",
		    output != NULL ? output : json_string(""), "by", by));
}

void
record_note(struct shell *sh, const char *note)
{
	add(sh, json_pack("{s:s}", "note", note));
}

void
record_reached(struct shell *sh)
{
	add(sh, json_pack("{s:b}", "reached", 1));
}

/* ---- the report ---- */

/* A fence that no line of the text ends. */
static void
add_block(struct buf *b, const char *line, const char *output)
{
	size_t run = 0, most = 2, lines = 0;
	const char *cut = output;

	for (const char *c = output; *c != '\0'; c++) {
		run = *c == '`' ? run + 1 : 0;
		most = run > most ? run : most;
		lines += *c == '\n';
	}
	for (; lines > OUTPUT_LINES; lines--)
		cut = strchr(cut, '\n') + 1;
	for (size_t i = 0; i <= most; i++)
		buf_addc(b, '`');
	buf_addf(b, "console\n$ %s\n", line);
	if (cut > output)
		buf_adds(b, "...\n");
	buf_adds(b, cut);
	if (b->s[b->len - 1] != '\n')
		buf_addc(b, '\n');
	for (size_t i = 0; i <= most; i++)
		buf_addc(b, '`');
	buf_adds(b, "\n\n");
}

static void
add_entry(struct buf *b, const json_t *e)
{
	const char *line = json_get_str(e, "line", NULL);
	const char *note = json_get_str(e, "note", NULL);
	long long status = json_get_int(e, "status", 0);

	if (json_get_bool(e, "reached", false))
		buf_adds(b, "**The step is done.**\n\n");
	if (note != NULL)
		buf_addf(b, "*%s*\n\n", note);
	if (line == NULL)
		return;
	if (str_eq(json_get_str(e, "by", ""), "solve"))
		buf_adds(b, "Played by the tutor:\n\n");
	add_block(b, line, json_get_str(e, "output", ""));
	if (status != 0)
		buf_addf(b, "It ended with exit status %lld.\n\n", status);
}

static void
add_heading(struct buf *b, const json_t *e)
{
	time_t when = (time_t)json_get_int(e, "time", 0);
	char text[40];
	struct tm tm;

	localtime_r(&when, &tm);
	strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
	buf_addf(b, "## Step %lld: %s\n\n%s\n\n", json_get_int(e, "step", 0),
	    json_get_str(e, "title", ""), text);
}

int
record_report(struct shell *sh, struct buf *ret, struct err *err)
{
	cleanup_buf struct buf all = BUF_INIT(RECORD_MAX);
	size_t passed = 0, nsteps = sh->lesson->nsteps;
	long long step = -1;
	char *rest, *line;

	if (sh->progress.dir < 0 || faccessat(sh->progress.dir, FILE_NAME, F_OK, 0) < 0)
		return err_set(err, ERR_NOT_FOUND, "nothing has been done yet");
	if (fd_read_file(sh->progress.dir, FILE_NAME, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < nsteps; i++)
		passed += progress_passed(&sh->progress, sh->lesson->steps[i].anchor);
	buf_addf(ret, "# %s\n\n%zu of %zu steps are done.\n\n", sh->lesson->title, passed,
	    nsteps);
	for (rest = all.s; (line = strsep(&rest, "\n")) != NULL;) {
		cleanup_json json_t *e = json_loads(line, 0, NULL);

		if (!json_is_object(e) ||
		    !str_eq(json_get_str(e, "lesson", ""), sh->course.lesson))
			continue;
		if (json_get_int(e, "step", 0) != step)
			add_heading(ret, e);
		step = json_get_int(e, "step", 0);
		add_entry(ret, e);
	}
	return 0;
}
