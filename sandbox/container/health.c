/*
 * health.c - what a container's health check has found, as its monitor writes it down
 *
 * health.json is there from the start of a run that has a check; its rules are moby's
 * (daemon/health.go).  How a check is run is probe.c.
 */
#include "sandbox/container/health.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define HEALTH_FILE "health.json"
enum { LOG_ENTRIES = 5, DEFAULT_RETRIES = 3 };

static const char *const words[] = {[HEALTH_NONE] = "none",
    [HEALTH_STARTING] = "starting",
    [HEALTH_HEALTHY] = "healthy",
    [HEALTH_UNHEALTHY] = "unhealthy"};

const char *
container_health_word(enum container_healthy h)
{
	return words[h];
}

bool
health_wanted(const struct container_health *h)
{
	return h->test.len > 0 && !str_eq(h->test.v[0], "NONE");
}

static enum container_healthy
status_of(const json_t *j)
{
	const char *word = json_get_str(j, "Status", "");

	for (size_t i = HEALTH_STARTING; i < ARRAY_LEN(words); i++)
		if (str_eq(word, words[i]))
			return (enum container_healthy)i;
	return HEALTH_NONE;
}

static void
write_record(int dir, const json_t *j)
{
	struct err err = ERR_INIT;

	if (json_write_file(dir, HEALTH_FILE, j, 0600, &err) < 0)
		log_debug("%s", err.text);
}

void
health_begin(int dir, const struct container_health *h)
{
	cleanup_json json_t *j = NULL;

	if (!health_wanted(h)) {
		unlinkat(dir, HEALTH_FILE, 0);
		return;
	}
	j = json_pack("{s:s, s:i, s:[]}", "Status", words[HEALTH_STARTING],
	    "FailingStreak", 0, "Log");
	write_record(dir, j);
}

enum container_healthy
health_read(int dir, bool running)
{
	cleanup_json json_t *j = NULL;

	if (faccessat(dir, HEALTH_FILE, F_OK, 0) < 0)
		return HEALTH_NONE;
	/* as Docker: whose check has stopped is not healthy */
	if (!running)
		return HEALTH_UNHEALTHY;
	j = json_read_file(dir, HEALTH_FILE, NULL);
	return status_of(j);
}

json_t *
health_state(int dir, bool running)
{
	json_t *j = json_read_file(dir, HEALTH_FILE, NULL);

	if (j != NULL && !running)
		json_object_set_new(j, "Status", json_string(words[HEALTH_UNHEALTHY]));
	return j != NULL ? j : json_null();
}

static json_t *
entry(const struct probe_result *r)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];
	json_t *output = json_string(r->output);

	clock_format(r->start, start);
	clock_format(r->end, end);
	return json_pack("{s:s, s:s, s:i, s:o}", "Start", start, "End", end, "ExitCode",
	    r->code, "Output", output != NULL ? output : json_string(""));
}

enum container_healthy
health_note(int dir, const struct container_health *h, int64_t started_at,
    const struct probe_result *r, enum container_healthy *before)
{
	cleanup_json json_t *j = json_read_file(dir, HEALTH_FILE, NULL);
	int streak = (int)json_get_int(j, "FailingStreak", 0);
	int retries = h->retries > 0 ? h->retries : DEFAULT_RETRIES;
	enum container_healthy now = *before = status_of(j);
	json_t *log = json_object_get(j, "Log");

	if (j == NULL)
		return now;
	json_array_append_new(log, entry(r));
	while (json_array_size(log) > LOG_ENTRIES)
		json_array_remove(log, 0);
	if (r->code == 0) {
		streak = 0;
		now = HEALTH_HEALTHY;
	} else if (now != HEALTH_STARTING || r->start - started_at >= h->start_period) {
		if (++streak >= retries)
			now = HEALTH_UNHEALTHY;
	}
	json_object_set_new(j, "Status", json_string(words[now]));
	json_object_set_new(j, "FailingStreak", json_integer(streak));
	write_record(dir, j);
	return now;
}
