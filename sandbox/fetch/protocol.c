/*
 * protocol.c - the lines between the program `fetch` and whoever started it
 *
 * Pure: knows no libcurl, so that programs without it can speak the protocol.
 */
#include "sandbox/fetch/private.h"
#include <inttypes.h>

static const char *const kinds[] = {
    [FETCH_OK] = "ok",
    [FETCH_GONE] = "gone",
    [FETCH_NET] = "net",
    [FETCH_BAD] = "bad",
    [FETCH_FILE] = "file",
};

void
fetch_job_done(struct fetch_job *job)
{
	free(job->url);
	free(job->sha256);
	free(job->dest);
	*job = (struct fetch_job){.size = -1};
}

/* Cuts the next word off *rest; NULL when there is none. */
static char *
next_word(const char **rest)
{
	const char *start = *rest;
	size_t len = strcspn(start, " ");

	if (len == 0)
		return NULL;
	*rest = start + len + (start[len] == ' ');
	return xstrndup(start, len);
}

static bool
is_sha256(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

int
fetch_job_parse(const char *line, struct fetch_job *job, struct err *err)
{
	const char *rest = line;
	cleanup_free char *size = NULL;
	uint64_t bytes;

	*job = (struct fetch_job){.size = -1};
	job->url = next_word(&rest);
	size = next_word(&rest);
	job->sha256 = next_word(&rest);
	if (job->url != NULL && size != NULL && job->sha256 != NULL && *rest != '\0') {
		bool any_size = str_eq(size, "-"), any_sum = str_eq(job->sha256, "-");

		job->dest = xstrdup(rest);
		if ((any_size || str_to_u64(size, INT64_MAX, &bytes)) &&
		    (any_sum || is_sha256(job->sha256))) {
			job->size = any_size ? -1 : (int64_t)bytes;
			if (any_sum) {
				free(job->sha256);
				job->sha256 = NULL;
			}
			return 0;
		}
	}
	fetch_job_done(job);
	return err_set(
	    err, ERR_INPUT, "not a job (want URL SIZE SHA256 DESTINATION): %.200s", line);
}

void
fetch_job_format(const struct fetch_job *job, struct buf *out)
{
	buf_addf(out, "%s ", job->url);
	if (job->size < 0)
		buf_adds(out, "-");
	else
		buf_addf(out, "%" PRId64, job->size);
	buf_addf(out, " %s %s\n", job->sha256 != NULL ? job->sha256 : "-", job->dest);
}

static int
parse_failure(const char *rest, struct fetch_report *ret)
{
	for (size_t i = FETCH_GONE; i < ARRAY_LEN(kinds); i++) {
		const char *text = str_after(rest, kinds[i]);

		if (text != NULL && *text == ' ') {
			ret->what = FETCH_FAILED;
			ret->kind = (enum fetch_kind)i;
			ret->text = text + 1;
			return 0;
		}
	}
	return -1;
}

int
fetch_report_parse(const char *line, struct fetch_report *ret, struct err *err)
{
	const char *rest;
	uint64_t bytes;

	*ret = (struct fetch_report){.kind = FETCH_OK};
	if (((rest = str_after(line, "at ")) != NULL ||
		(rest = str_after(line, "done ")) != NULL) &&
	    str_to_u64(rest, INT64_MAX, &bytes)) {
		ret->what = *line == 'a' ? FETCH_AT : FETCH_DONE;
		ret->bytes = (int64_t)bytes;
		return 0;
	}
	if ((rest = str_after(line, "fail ")) != NULL && parse_failure(rest, ret) == 0)
		return 0;
	return err_set(err, ERR_CORRUPT, "fetch said: %.200s", line);
}

void
fetch_report_format(const struct fetch_report *report, struct buf *out)
{
	if (report->what == FETCH_FAILED) {
		size_t at;

		buf_addf(out, "fail %s ", kinds[report->kind]);
		at = out->len;
		buf_adds(out, report->text);
		for (; at < out->len; at++)
			if (out->s[at] == '\n')
				out->s[at] = ' ';
		buf_addc(out, '\n');
		return;
	}
	buf_addf(out, "%s %" PRId64 "\n", report->what == FETCH_AT ? "at" : "done",
	    report->bytes);
}
