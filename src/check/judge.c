/*
 * judge.c - the table of verbs, and what all of them share
 *
 * A row says which facts a verb looks at, how it reads in words, and who judges it.
 * Pure: nothing here looks at the world.
 */
#include "src/check/private.h"
#include <regex.h>
#include <stdlib.h>

/* A longer text is not shown as what was found. */
enum { SHOWN_MAX = 70 };

struct row {
	enum lesson_verb_id id;
	check_judge_fn *judge;
	const char
	    *needs[2][2]; /* kind, and key made of arguments; {FOLDER} and {BODY} too */
	const char *text;
};

static const struct row rows[] = {
    {VERB_IMAGE_EXISTS, judge_image_exists, {{"image", "{NAME}"}},
	"there is an image {NAME}"},
    {VERB_IMAGE_ABSENT, judge_image_absent, {{"image", "{NAME}"}},
	"there is no image {NAME}"},
    {VERB_IMAGE_BUILT, judge_image_built, {{"image", "{NAME}"}, {"commands", ""}},
	"docker build has made the image {NAME}"},
    {VERB_IMAGE_LAYERS_BASE, judge_image_layers_base, {{"image", "{NAME}"}},
	"the image {NAME} has {N} layers above its base image"},
    {VERB_IMAGE_LAYERS_BY, judge_image_layers_by, {{"image", "{NAME}"}},
	"layers of {NAME} made by {WORDS}: {CMP} {N}"},
    {VERB_IMAGE_SIZE, judge_image_size, {{"image", "{NAME}"}, {"image", "{OTHER}"}},
	"the size of the image {NAME} is {CMP} {SIZE}[ of {OTHER}]"},
    {VERB_IMAGE_CONFIG_IS, judge_image_config_is, {{"image", "{NAME}"}},
	"{PATH} of the image {NAME} is {JSON}"},
    {VERB_IMAGE_CONFIG_HAS, judge_image_config_has, {{"image", "{NAME}"}},
	"{PATH} of the image {NAME} contains {JSON}"},
    {VERB_IMAGE_FILE_EXISTS, judge_image_file_exists, {{"image-file", "{NAME}\n{PATH}"}},
	"the image {NAME} has the file {PATH}"},
    {VERB_IMAGE_FILE_ABSENT, judge_image_file_absent, {{"image-file", "{NAME}\n{PATH}"}},
	"the image {NAME} has no file {PATH}"},
    {VERB_IMAGE_FILE_HAS, judge_image_file_has, {{"image-file", "{NAME}\n{PATH}"}},
	"in the image {NAME}, {PATH} {MATCH} {TEXT}"},
    {VERB_IMAGE_SAME, judge_image_same, {{"image", "{NAME}"}, {"image", "{OTHER}"}},
	"{NAME} and {OTHER} are names of one image"},
    {VERB_CONTAINER_RUNNING, judge_container_running, {{"container", "{NAME}"}},
	"the container {NAME} is running"},
    {VERB_CONTAINER_STOPPED, judge_container_stopped, {{"container", "{NAME}"}},
	"the container {NAME} is stopped"},
    {VERB_CONTAINER_EXISTS, judge_container_exists, {{"container", "{NAME}"}},
	"there is a container {NAME}"},
    {VERB_CONTAINER_ABSENT, judge_container_absent, {{"container", "{NAME}"}},
	"there is no container {NAME}"},
    {VERB_CONTAINER_OF, judge_container_of,
	{{"container", "{NAME}"}, {"image", "{IMAGE}"}},
	"the container {NAME} was made from the present image {IMAGE}"},
    {VERB_CONTAINER_PORT, judge_container_port,
	{{"container", "{NAME}"}, {"probe", "{HOSTPORT}"}},
	"port {PORT} of the container {NAME} is published on port {HOSTPORT}"},
    {VERB_CONTAINER_STOPS, judge_container_stops,
	{{"container", "{NAME}"}, {"stops", "{NAME}"}},
	"the container {NAME} stops within {TIME}"},
    {VERB_CONTAINER_EXITED, judge_container_exited, {{"container", "{NAME}"}},
	"the container {NAME} has ended with exit code {CODE}"},
    {VERB_CONTAINER_CONFIG_IS, judge_container_config_is, {{"inspect", "{NAME}"}},
	"{PATH} of the container {NAME} is {JSON}"},
    {VERB_CONTAINER_CONFIG_HAS, judge_container_config_has, {{"inspect", "{NAME}"}},
	"{PATH} of the container {NAME} contains {JSON}"},
    {VERB_CONTAINER_LOGS, judge_container_logs,
	{{"container", "{NAME}"}, {"log", "{NAME}"}},
	"the log of the container {NAME} {MATCH} {TEXT}"},
    {VERB_HTTP, judge_http, {{"http", "{METHOD} {URL}"}},
	"{URL} answers[ with {CODE}][, and the answer {MATCH} {TEXT}]"},
    {VERB_OUTPUT, judge_output, {{"output", "{COMMAND}"}},
	"the output of {COMMAND} {MATCH} {TEXT}"},
    {VERB_DOCKERFILE_HAS, judge_dockerfile_has, {{"dockerfile", "{FOLDER}"}},
	"the Dockerfile has {~GLOB}[ before {~OTHER}]"},
    {VERB_DOCKERFILE_SAME, judge_dockerfile_same,
	{{"dockerfile", "{FOLDER}"}, {"document", "{BODY}"}},
	"the Dockerfile has the instructions of the lesson"},
    {VERB_DOCKERFILE_INCLUDES, judge_dockerfile_includes,
	{{"dockerfile", "{FOLDER}"}, {"document", "{BODY}"}},
	"the Dockerfile includes the instructions of the lesson"},
    {VERB_CONTEXT_EXCLUDES, judge_context_excludes, {{"context", "{FOLDER}\n{GLOB}"}},
	"the build does not see {GLOB}"},
    {VERB_CONTEXT_INCLUDES, judge_context_includes, {{"context", "{FOLDER}\n{GLOB}"}},
	"the build sees {GLOB}"},
    {VERB_FILE_EXISTS, judge_file_exists, {{"file", "{FOLDER}\n{PATH}"}},
	"{PATH} is in the workspace"},
    {VERB_FILE_ABSENT, judge_file_absent, {{"file", "{FOLDER}\n{PATH}"}},
	"{PATH} is not in the workspace"},
    {VERB_FILE_HAS, judge_file_has, {{"file", "{FOLDER}\n{PATH}"}},
	"the file {PATH} {MATCH} {TEXT}"},
    {VERB_IMAGE_FILE_ABSENT_LAYERS, judge_image_file_absent_layers,
	{{"image", "{NAME}"}, {"layers-file", "{NAME}\n{PATH}"}},
	"no layer of the image {NAME} has the file {PATH}"},
    {VERB_CONTAINER_HEALTHY, judge_container_healthy, {{"inspect", "{NAME}"}},
	"the container {NAME} is healthy"},
    {VERB_VOLUME_EXISTS, judge_volume_exists, {{"volume", "{NAME}"}},
	"there is a volume {NAME}"},
    {VERB_VOLUME_ABSENT, judge_volume_absent, {{"volume", "{NAME}"}},
	"there is no volume {NAME}"},
    {VERB_NETWORK_EXISTS, judge_network_exists, {{"network", "{NAME}"}},
	"there is a network {NAME}"},
    {VERB_NETWORK_ABSENT, judge_network_absent, {{"network", "{NAME}"}},
	"there is no network {NAME}"},
    {VERB_NETWORK_HAS, judge_network_has, {{"network", "{NAME}"}},
	"the container {CONTAINER} is connected to the network {NAME}"},
    {VERB_REBUILD_KEEPS, judge_rebuild_keeps, {{"rebuild", "{FOLDER}\n{FILE}"}},
	"after a change to {FILE}, {~GLOB} comes from the cache"},
    {VERB_HUB_HAS, judge_hub_has, {{"hub", "{REF}"}, {"image", "{IMAGE}"}},
	"the hub has {REF}[, the same image as {IMAGE}]"},
    {VERB_ANSWER_IS, judge_answer_is, {{"answer", ""}},
	"the question[ {NAME}] is answered"},
    {VERB_RUN, judge_run, {{"commands", ""}}, "{~GLOB} has been run"},
    {VERB_RUN_EXITS, judge_run_exits, {{"commands", ""}},
	"{~GLOB} has been run and ended with {CODE}"},
};

static const struct row *
find_row(const struct lesson_check *c)
{
	for (size_t i = 0; c->verb != NULL && i < ARRAY_LEN(rows); i++)
		if (rows[i].id == c->verb->id)
			return &rows[i];
	return NULL;
}

bool
check_is_dear(const char *kind)
{
	return str_eq(kind, "http") || str_eq(kind, "probe") || str_eq(kind, "stops") ||
	       str_eq(kind, "rebuild") || str_eq(kind, "hub");
}

/* NULL when an argument of the pattern was left out. */
static char *
make_key(const struct lesson_check *c, const char *pattern)
{
	struct buf b = BUF_INIT(BUF_OURS);

	while (*pattern != '\0') {
		size_t n = *pattern == '{' ? strcspn(pattern, "}") : 0;
		cleanup_free char *name = n > 0 ? xstrndup(pattern + 1, n - 1) : NULL;
		const char *value = name == NULL ? NULL
				    : str_eq(name, "FOLDER")
					? (c->folder ? c->folder : "")
				    : str_eq(name, "BODY") ? (c->body ? c->body : "")
							   : lesson_arg(c, name);

		if (name == NULL) {
			buf_addc(&b, *pattern++);
			continue;
		}
		if (value == NULL) {
			buf_done(&b);
			return NULL;
		}
		buf_adds(&b, value);
		pattern += n + 1;
	}
	return buf_take(&b);
}

void
check_needs(const struct lesson_check *c,
    void (*need)(void *arg, const char *kind, const char *key), void *arg)
{
	const struct row *row = find_row(c);

	for (size_t i = 0; i < c->nany; i++)
		check_needs(&c->any[i], need, arg);
	for (size_t i = 0; row != NULL && i < ARRAY_LEN(row->needs); i++) {
		cleanup_free char *key =
		    row->needs[i][0] != NULL ? make_key(c, row->needs[i][1]) : NULL;

		if (key != NULL)
			need(arg, row->needs[i][0], key);
	}
}

/* ---- what the judges of the verbs use ---- */

const char *
judge_arg(const struct judging *j, const char *name)
{
	const char *text = lesson_arg(j->c, name);

	return text != NULL ? text : "";
}

void
judge_say(struct judging *j, bool holds, char *expected, char *actual)
{
	free(j->r->expected);
	free(j->r->actual);
	j->r->outcome = holds ? CHECK_PASS : CHECK_FAIL;
	j->r->expected = expected;
	j->r->actual = actual;
}

void
judge_error(struct judging *j, char *why)
{
	judge_say(j, false, NULL, why);
	j->r->outcome = CHECK_ERROR;
}

const json_t *
judge_fact(struct judging *j, const char *kind, const char *fmt, ...)
{
	cleanup_buf struct buf key = BUF_INIT(BUF_OURS);
	const json_t *fact;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&key, fmt, ap);
	va_end(ap);
	fact = json_object_get(json_object_get(j->facts, kind), key.s);
	if (fact == NULL) {
		judge_say(j, false, NULL, NULL);
		j->r->outcome = CHECK_SKIPPED;
	} else if (json_object_get(fact, "error") != NULL &&
		   json_object_get(fact, "exists") == NULL) {
		/* (a container that is there has an "error" of its own: its start's) */
		judge_error(j, xstrdup(json_get_str(fact, "error", "")));
		fact = NULL;
	}
	return fact;
}

const json_t *
judge_image(struct judging *j, const char *name)
{
	const json_t *image = judge_fact(j, "image", "%s", name);

	if (image == NULL || json_get_bool(image, "exists", false))
		return image;
	judge_say(j, false, xasprintf("an image %s", name),
	    xasprintf("there is no image %s", name));
	j->r->missing = true;
	return NULL;
}

const json_t *
judge_container(struct judging *j, const char *kind)
{
	const char *name = judge_arg(j, "NAME");
	const json_t *container = judge_fact(j, kind, "%s", name);

	if (container == NULL || json_get_bool(container, "exists", false))
		return container;
	judge_say(j, false, xasprintf("a container %s", name),
	    xasprintf("there is no container %s", name));
	j->r->missing = true;
	return NULL;
}

bool
judge_compare(double number, const char *cmp, double wanted)
{
	const struct {
		const char *cmp;
		bool holds;
	} all[] = {{"=", number == wanted}, {"!=", number != wanted},
	    {"<", number < wanted}, {"<=", number <= wanted}, {">", number > wanted},
	    {">=", number >= wanted}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (str_eq(all[i].cmp, cmp))
			return all[i].holds;
	return false;
}

/* A text of one short line, else the line that comes near. */
static char *
found_instead(const char *what, const char *text, const char *wanted)
{
	cleanup_free char *whole = words_short(text, SHOWN_MAX);
	size_t line = strcspn(text, "\n");
	char *near;

	if (*whole == '\0')
		return xasprintf("%s is empty", what);
	if (!str_ends(whole, "...") && text[line + strspn(text + line, "\n")] == '\0')
		return take_ptr(whole);
	near = words_near(text, wanted, SHOWN_MAX);
	return near != NULL ? near : xasprintf("nothing like it in %s", what);
}

void
judge_match(struct judging *j, const char *what, const char *text)
{
	const char *wanted = judge_arg(j, "TEXT");
	bool regular = str_eq(judge_arg(j, "MATCH"), "~"), holds;
	regex_t re;

	if (!regular) {
		holds = strstr(text, wanted) != NULL;
	} else if (regcomp(&re, wanted, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0) {
		judge_error(j, xasprintf("\"%s\" is no regular expression", wanted));
		return;
	} else {
		holds = regexec(&re, text, 0, NULL, 0) == 0;
		regfree(&re);
	}
	judge_say(j, holds,
	    xasprintf(regular ? "%s matches %s" : "%s contains \"%s\"", what, wanted),
	    holds ? xasprintf("%s does", what) : found_instead(what, text, wanted));
}

/* ---- one check ---- */

/* What is not there is "not running", but its size is not "not small". */
static void
turn_around(const struct judging *j)
{
	static const enum lesson_verb_id states[] = {
	    VERB_IMAGE_EXISTS, VERB_CONTAINER_EXISTS, VERB_CONTAINER_RUNNING};
	struct check_result *r = j->r;
	bool state = !j->r->missing;
	char *expected;

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		state |= j->c->verb != NULL && j->c->verb->id == states[i];
	if (!state)
		return;
	if (r->outcome != CHECK_PASS && r->outcome != CHECK_FAIL)
		return;
	r->missing = false;
	r->outcome = r->outcome == CHECK_PASS ? CHECK_FAIL : CHECK_PASS;
	if (r->expected == NULL)
		return;
	expected = xasprintf("not: %s", r->expected);
	free(r->expected);
	r->expected = expected;
}

static void
judge_any(struct judging *j)
{
	cleanup_vec struct vec texts = VEC_INIT, actuals = VEC_INIT;
	enum check_outcome best = CHECK_FAIL;

	for (size_t i = 0; i < j->c->nany; i++) {
		struct check_result one = {0};

		check_judge(&j->c->any[i], j->facts, &one);
		vec_add(&texts, one.text);
		if (one.outcome == CHECK_PASS || best == CHECK_PASS)
			best = CHECK_PASS;
		else if (one.outcome != CHECK_FAIL && best != CHECK_ERROR)
			best = one.outcome;
		if (one.actual != NULL && !vec_has(&actuals, one.actual))
			vec_add(&actuals, one.actual);
		check_result_done(&one);
	}
	judge_say(j, best == CHECK_PASS, NULL, vec_join(&actuals, "; "));
	j->r->outcome = best;
	j->r->text = vec_join(&texts, ", or ");
}

void
check_judge(const struct lesson_check *c, const json_t *facts, struct check_result *ret)
{
	const struct row *row = find_row(c);
	struct judging j = {.c = c, .facts = facts, .r = ret};

	*ret = (struct check_result){0};
	if (c->verb == NULL) {
		judge_any(&j);
	} else if (row == NULL) {
		ret->text = xstrdup(c->source);
		judge_error(&j, xasprintf("this version cannot check \"%s %s\" yet",
				    c->verb->subject, c->verb->pattern));
	} else {
		cleanup_free char *text = words_fill(c, row->text);

		ret->text = c->negated ? xasprintf("not so: %s", text) : xstrdup(text);
		row->judge(&j);
	}
	if (c->negated)
		turn_around(&j);
}

/* An earlier check, told to the student, fails for the same missing thing. */
static bool
said_before(const struct lesson_check *checks, const struct check_results *r, size_t i)
{
	const struct check_result *mine = &r->list[i];

	if (!mine->missing || mine->outcome != CHECK_FAIL || mine->actual == NULL)
		return false;
	for (size_t k = 0; k < i; k++)
		if (r->list[k].missing && r->list[k].outcome == CHECK_FAIL &&
		    !checks[k].hidden && !checks[k].optional &&
		    str_eq(r->list[k].actual, mine->actual))
			return true;
	return false;
}

void
check_apply_needs(
    const struct lesson_check *checks, size_t count, struct check_results *r)
{
	for (size_t i = 0; i < count && i < r->len; i++)
		for (size_t k = 0; k < count && k < r->len; k++) {
			if (checks[k].id == NULL ||
			    !vec_has(&checks[i].needs, checks[k].id) ||
			    r->list[k].outcome == CHECK_PASS)
				continue;
			r->list[i].outcome = CHECK_SKIPPED;
		}
	for (size_t i = 1; i < count && i < r->len; i++)
		if (said_before(checks, r, i))
			r->list[i].outcome = CHECK_SKIPPED;
}

void
check_result_done(struct check_result *r)
{
	free(r->text);
	free(r->expected);
	free(r->actual);
	*r = (struct check_result){0};
}

void
check_results_done(struct check_results *r)
{
	for (size_t i = 0; i < r->len; i++)
		check_result_done(&r->list[i]);
	free(r->list);
	*r = (struct check_results){0};
}
