/*
 * collect.c - finds out one fact
 *
 * A row a kind.  What cannot be found out becomes a fact with an "error".
 */
#include "src/check/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TEXT_MAX = 1 << 20,
	LOG_MAX = 256 << 10,
	HTTP_MS = 5000,
	PROBE_MS = 1000,
	OUTPUT_MS = 30000,
	STOP_MS = 60000,
};

/* The two halves of "FOLDER\nPATH". */
static const char *
split_key(const char *key, char **first)
{
	const char *end = strchr(key, '\n');

	*first = xstrndup(key, end != NULL ? (size_t)(end - key) : 0);
	return end != NULL ? end + 1 : key;
}

static json_t *
get_image(struct check_world *w, const char *key, struct err *err)
{
	return sandbox_fact_image(w->sandbox, key, err);
}

static json_t *
get_container(struct check_world *w, const char *key, struct err *err)
{
	return sandbox_fact_container(w->sandbox, key, err);
}

static json_t *
get_image_file(struct check_world *w, const char *key, struct err *err)
{
	cleanup_free char *image = NULL;
	const char *path = split_key(key, &image);

	return sandbox_fact_image_file(w->sandbox, image, path, TEXT_MAX, err);
}

static json_t *
get_log(struct check_world *w, const char *key, struct err *err)
{
	json_t *text = sandbox_fact_log(w->sandbox, key, LOG_MAX, err);

	return text != NULL ? json_pack("{s:o}", "text", text) : NULL;
}

static json_t *
get_http(struct check_world *w, const char *key, struct err *err)
{
	size_t n = strcspn(key, " ");
	cleanup_free char *method = xstrndup(key, n);

	(void)err;
	return http_ask(w->sandbox, method, key + n + (key[n] == ' '), HTTP_MS, w->stop);
}

static json_t *
get_probe(struct check_world *w, const char *key, struct err *err)
{
	(void)err;
	return http_probe(w->sandbox, (int)strtol(key, NULL, 10), PROBE_MS, w->stop);
}

/* ---- docker commands of the tutor ---- */

/* The client's root is the workspace: a lesson's command sees nothing else of the
 * machine. */
int
collect_docker(struct check_world *w, char *const *argv, int timeout_ms, struct buf *out,
    struct err *err)
{
	struct sandbox_client c = SANDBOX_CLIENT_INIT;

	c.root = c.cwd = w->folder;
	c.cwd_path = "/";
	c.asked = true;
	return sandbox_docker_capture(w->sandbox, &c, argv, timeout_ms, out, err);
}

static json_t *
get_output(struct check_world *w, const char *key, struct err *err)
{
	cleanup_buf struct buf out = BUF_INIT(TEXT_MAX);
	cleanup_vec struct vec words = VEC_INIT;
	json_t *text;
	int status;

	check_split(key, &words);
	if (words.len < 2 || !str_eq(words.v[0], "docker")) {
		err_set(
		    err, ERR_INPUT, "the tutor only runs docker commands, not: %s", key);
		return NULL;
	}
	status = collect_docker(w, words.v + 1, OUTPUT_MS, &out, err);
	if (status < 0)
		return NULL;
	text = json_stringn(out.s, out.len);
	return json_pack("{s:i, s:o}", "status", status, "text",
	    text != NULL ? text : json_string(""));
}

/* docker container inspect's own answer. */
static json_t *
get_inspect(struct check_world *w, const char *key, struct err *err)
{
	char *argv[] = {
	    (char *)"container", (char *)"inspect", (char *)"--", (char *)key, NULL};
	cleanup_json json_t *c = sandbox_fact_container(w->sandbox, key, err),
			    *all = NULL;
	cleanup_buf struct buf out = BUF_INIT(TEXT_MAX);

	if (c == NULL)
		return NULL;
	if (!json_get_bool(c, "exists", false))
		return json_pack("{s:b}", "exists", 0);
	if (collect_docker(w, argv, OUTPUT_MS, &out, err) < 0)
		return NULL;
	all = json_loadb(out.s, out.len, 0, NULL);
	if (json_object_get(json_array_get(all, 0), "Config") == NULL) {
		err_set(err, ERR_SYS, "docker inspect %s: %s", key, str_trim(out.s));
		return NULL;
	}
	return json_pack("{s:b, s:O, s:O*}", "exists", 1, "config",
	    json_object_get(json_array_get(all, 0), "Config"), "state",
	    json_object_get(json_array_get(all, 0), "State"));
}

/* Stops it, and starts it again: the student's container runs on. */
static json_t *
get_stops(struct check_world *w, const char *key, struct err *err)
{
	char *stop[] = {(char *)"stop", (char *)key, NULL},
	     *start[] = {(char *)"start", (char *)key, NULL};
	cleanup_buf struct buf out = BUF_INIT(TEXT_MAX);
	cleanup_json json_t *c = sandbox_fact_container(w->sandbox, key, err);
	int64_t begin;
	double seconds;
	int status;

	if (c == NULL)
		return NULL;
	if (!str_eq(json_get_str(c, "status", ""), "running") ||
	    json_get_bool(c, "auto_remove", false))
		return json_pack("{s:s}", "failed", "it cannot be stopped and started");
	begin = clock_mono();
	status = collect_docker(w, stop, STOP_MS, &out, err);
	seconds = (double)(clock_mono() - begin) / NS_PER_S;
	if (status < 0)
		return NULL;
	if (status > 0) {
		err_set(err, ERR_SYS, "docker stop %s: %s", key, str_trim(out.s));
		return NULL;
	}
	if (collect_docker(w, start, STOP_MS, &out, err) < 0)
		return NULL;
	return json_pack("{s:f}", "seconds", seconds);
}

/* ---- the workspace ---- */

/* The file that is open in fd (closed here). */
static json_t *
read_file(int opened, const char *name, struct err *err)
{
	cleanup_fd int fd = opened;
	cleanup_buf struct buf text = BUF_INIT(TEXT_MAX);
	struct stat st;
	json_t *fact, *content;

	if (fstat(fd, &st) < 0) {
		err_sys(err, "cannot look at %s", name);
		return NULL;
	}
	fact = json_pack("{s:b, s:s}", "exists", 1, "kind",
	    S_ISREG(st.st_mode)   ? "file"
	    : S_ISDIR(st.st_mode) ? "folder"
				  : "other");
	if (!S_ISREG(st.st_mode))
		return fact;
	while (text.len < text.max && buf_read(&text, fd, text.max - text.len) > 0)
		continue;
	content = json_stringn(text.s, text.len);
	json_object_set_new(fact, "text", content != NULL ? content : json_string(""));
	return fact;
}

static json_t *
open_and_read(
    struct check_world *w, const char *folder, const char *path, struct err *err)
{
	int fd = place_open(w, folder, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		return read_file(fd, path, err);
	if (errno == ENOENT || errno == ENOTDIR)
		return json_pack("{s:b}", "exists", 0);
	if (errno == EXDEV)
		err_set(err, ERR_INPUT, "%s is not in the workspace", path);
	else
		err_sys(err, "cannot open %s", path);
	return NULL;
}

static json_t *
get_file(struct check_world *w, const char *key, struct err *err)
{
	cleanup_free char *folder = NULL;
	const char *path = split_key(key, &folder);

	return open_and_read(w, folder, path, err);
}

static json_t *
get_dockerfile(struct check_world *w, const char *key, struct err *err)
{
	json_t *file = open_and_read(w, key, "Dockerfile", err), *df;
	const char *text = json_get_str(file, "text", NULL);

	if (text == NULL)
		return file;
	df = sandbox_fact_dockerfile(text, strlen(text));
	json_decref(file);
	return df;
}

/* A document may show some instructions only: then FROM is missing. */
static json_t *
get_document(struct check_world *w, const char *key, struct err *err)
{
	json_t *df = sandbox_fact_dockerfile(key, strlen(key)), *again;
	cleanup_free char *whole = NULL;

	(void)w, (void)err;
	if (json_object_get(df, "problem") == NULL)
		return df;
	whole = xasprintf("FROM scratch\n%s", key);
	again = sandbox_fact_dockerfile(whole, strlen(whole));
	if (json_object_get(again, "problem") != NULL) {
		json_decref(again);
		return df;
	}
	json_array_remove(json_object_get(again, "instructions"), 0);
	json_decref(df);
	return again;
}

/* Without a Dockerfile it is the student's folder. */
int
collect_context_folder(struct check_world *w, const char *folder)
{
	cleanup_free char *here = place_below(w, w->cwd);
	const char *const places[] = {here, folder, "."};
	cleanup_fd int fd = -1;

	for (size_t i = 0; i < ARRAY_LEN(places) && fd < 0; i++) {
		const char *at = places[i];

		if (at == NULL || *at == '\0')
			continue;
		fd = fd_open_in(w->folder, at, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
		if (fd >= 0 && i + 1 < ARRAY_LEN(places) &&
		    faccessat(fd, "Dockerfile", F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			fd_close_p(&fd);
	}
	return take_fd(&fd);
}

static json_t *
get_context(struct check_world *w, const char *key, struct err *err)
{
	cleanup_free char *folder = NULL;
	const char *glob = split_key(key, &folder);
	cleanup_fd int fd = collect_context_folder(w, folder);

	if (fd < 0) {
		err_sys(err, "cannot open the workspace");
		return NULL;
	}
	return sandbox_fact_context(fd, glob, err);
}

/* ---- what was run since the step began ---- */

/* Appends the names that "-t X", "--tag=X" give. */
static void
add_tags(const json_t *words, json_t *tags)
{
	for (size_t i = 0; i < json_array_size(words); i++) {
		const char *word = json_string_value(json_array_get(words, i));
		const char *next = json_string_value(json_array_get(words, i + 1));
		const char *value = word == NULL ? NULL : str_after(word, "--tag=");
		size_t n = word == NULL ? 0 : strlen(word);

		if (word == NULL || word[0] != '-')
			continue;
		if (str_eq(word, "--tag") ||
		    (word[1] != '-' && n > 1 && word[n - 1] == 't'))
			value = next;
		else if (value == NULL && str_starts(word, "-t"))
			value = word + 2;
		if (value != NULL)
			json_array_append_new(tags, json_string(value));
	}
}

static void
note_event(void *arg, const json_t *event)
{
	struct check_world *w = arg;
	const json_t *a = json_object_get(event, "attributes"), *word;
	cleanup_buf struct buf line = BUF_INIT(BUF_OURS);
	json_t *tags, *text;
	size_t i;

	if (!str_eq(json_get_str(event, "type", ""), "command"))
		return;
	buf_adds(&line, "docker");
	json_array_foreach(json_object_get(a, "words"), i, word)
	    buf_addf(&line, " %s", json_string_value(word));
	tags = json_array();
	if (str_ends(json_get_str(event, "action", ""), "build"))
		add_tags(json_object_get(a, "words"), tags);
	text = json_string(line.s);
	json_array_append_new(w->commands,
	    json_pack("{s:o, s:i, s:o}", "line", text != NULL ? text : json_string(""),
		"status", (int)strtol(json_get_str(a, "exitCode", "-1"), NULL, 10),
		"tags", tags));
}

static json_t *
get_commands(struct check_world *w, const char *key, struct err *err)
{
	(void)key;
	if (sandbox_events_read(w->sandbox, &w->offset, note_event, w, err) < 0)
		return NULL;
	return json_pack("{s:O}", "list", w->commands);
}

/* ---- the table ---- */

static const struct kind {
	const char *name;
	json_t *(*get)(struct check_world *w, const char *key, struct err *err);
} kinds[] = {{"image", get_image}, {"container", get_container},
    {"image-file", get_image_file}, {"inspect", get_inspect}, {"log", get_log},
    {"http", get_http}, {"probe", get_probe}, {"stops", get_stops},
    {"output", get_output}, {"file", get_file}, {"dockerfile", get_dockerfile},
    {"document", get_document}, {"context", get_context}, {"commands", get_commands},
    {"volume", collect_volume}, {"network", collect_network},
    {"layers-file", collect_layers_file}, {"answer", collect_answer},
    {"rebuild", collect_rebuild}, {"hub", collect_hub}};

void
collect_fact(struct check_world *w, const char *kind, const char *key)
{
	json_t *all = json_object_get(w->facts, kind), *fact = NULL;
	struct err err = ERR_INIT;

	if (all == NULL) {
		all = json_object();
		json_object_set_new(w->facts, kind, all);
	}
	if (json_object_get(all, key) != NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(kinds[i].name, kind))
			fact = kinds[i].get(w, key, &err);
	if (fact == NULL)
		fact = json_pack("{s:s}", "error", err.text);
	json_object_set_new(all, key, fact);
}

int64_t
collect_started(struct check_world *w, int port)
{
	cleanup_json json_t *all = sandbox_fact_containers(w->sandbox, NULL);
	const json_t *c, *p;
	size_t i, k;

	json_array_foreach(all, i, c) json_array_foreach(json_object_get(c, "ports"), k,
	    p) if (json_get_int(p, "host", 0) == port &&
		   str_eq(json_get_str(c, "status", ""),
		       "running")) return json_get_int(c, "started", 0);
	return 0;
}
