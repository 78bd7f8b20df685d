/*
 * play.c - the steps' own commands and files, run as if somebody typed them
 *
 * Everything runs in the workstation, files too are written by its bash: a lesson is
 * data from the net.
 */
#include "src/check/check.h"
#include "src/shell/private.h"
#include <stdlib.h>

/* A server in front would never end. */
enum { LINE_S = 120, FRONT_S = 15 };

/* A here-document that no line of the file ends.  Gives. */
static char *
write_command(const struct lesson_action *a)
{
	struct buf b = BUF_INIT(BUF_OURS);
	cleanup_free char *path =
	    a->folder != NULL ? path_join(a->folder, a->file) : xstrdup(a->file);
	cleanup_free char *dir = path_dir(path);
	char end[24] = "DRYDOCK_";

	do
		str_random_hex(end + strlen("DRYDOCK_"), 12);
	while (strstr(a->text, end) != NULL);
	buf_addf(&b, "mkdir -p -- '%s' && cat > '%s' <<'%s'\n%s%s", dir, path, end,
	    a->text, end);
	return buf_take(&b);
}

/* ---- room for what is started ---- */

static bool
is_word(const struct vec *words, size_t i, const char *word)
{
	return i < words->len && str_eq(words->v[i], word);
}

/* Does the line make room itself? */
static bool
clears(const struct vec *words)
{
	for (size_t i = 0; i < words->len; i++)
		if (is_word(words, i, "rm") || is_word(words, i, "stop") ||
		    is_word(words, i, "kill") || is_word(words, i, "prune"))
			return true;
	return false;
}

/* "8080:80", "127.0.0.1:8080:80/tcp": the port of localhost, or 0. */
static long
host_port(const char *text)
{
	cleanup_vec struct vec parts = VEC_INIT;

	vec_split(&parts, text, ":");
	return parts.len < 2 ? 0 : strtol(parts.v[parts.len - 2], NULL, 10);
}

/* What the line asks to be called, and to publish. */
struct wish {
	const char *name;
	long ports[16];
	size_t nports;
};

static void
read_wish(const struct vec *words, struct wish *ret)
{
	for (size_t i = 0; i < words->len; i++) {
		const char *w = words->v[i], *name = str_after(w, "--name=");
		const char *next = i + 1 < words->len ? words->v[i + 1] : NULL;
		const char *port = str_after(w, "--publish=");
		bool dash = w[0] == '-' && w[1] != '-' && w[1] != '\0';

		if (name != NULL || (str_eq(w, "--name") && next != NULL))
			ret->name = name != NULL ? name : next;
		if (port == NULL && next != NULL &&
		    (str_eq(w, "--publish") || (dash && str_ends(w, "p"))))
			port = next;
		if (port != NULL && ret->nports < ARRAY_LEN(ret->ports) &&
		    host_port(port) > 0)
			ret->ports[ret->nports++] = host_port(port);
	}
}

static bool
collides(const json_t *container, const struct wish *wish)
{
	const json_t *p;
	size_t i;

	if (wish->name != NULL && str_eq(wish->name, json_get_str(container, "name", "")))
		return true;
	json_array_foreach(json_object_get(container, "ports"), i,
	    p) for (size_t k = 0; k < wish->nports;
		    k++) if (json_get_int(p, "host", 0) == wish->ports[k]) return true;
	return false;
}

static void
remove_container(struct player *p, const json_t *container)
{
	struct sandbox_client client = SANDBOX_CLIENT_INIT;
	char *argv[] = {(char *)"rm", (char *)"--force",
	    (char *)json_get_str(container, "id", ""), NULL};
	cleanup_buf struct buf out = BUF_INIT(64 << 10);

	client.asked = true;
	if (sandbox_docker_capture(p->sandbox, &client, argv, 60000, &out, NULL) == 0 &&
	    p->removed != NULL)
		p->removed(p->arg, json_get_str(container, "name", "?"));
}

/* What a `docker run` of the lesson would collide with goes first. */
static void
make_room(struct player *p, const char *line)
{
	cleanup_vec struct vec words = VEC_INIT;
	cleanup_json json_t *all = NULL;
	struct wish wish = {0};
	const json_t *c;
	size_t i;

	if (p->sandbox == NULL || strstr(line, "docker") == NULL)
		return;
	check_split(line, &words);
	if (clears(&words) || (!vec_has(&words, "run") && !vec_has(&words, "create")))
		return;
	read_wish(&words, &wish);
	all = sandbox_fact_containers(p->sandbox, NULL);
	json_array_foreach(all, i, c) if (collides(c, &wish)) remove_container(p, c);
}

/* An error that the step is there to show must come. */
static bool
wants_error(const struct lesson_step *s)
{
	for (size_t i = 0; i < s->nchecks; i++)
		if (s->checks[i].verb != NULL &&
		    s->checks[i].verb->id == VERB_RUN_EXITS &&
		    lesson_arg_number(&s->checks[i], "CODE", 0) != 0)
			return true;
	return false;
}

/* ---- playing ---- */

/* Seconds that the line may take. */
static int
limit(const struct player *p, const char *line)
{
	bool front = strstr(line, "docker run ") != NULL && strstr(line, " -d") == NULL &&
		     strstr(line, "--detach") == NULL;

	return p->patient || !front ? LINE_S : FRONT_S;
}

static int
play_line(struct player *p, const char *text, const char *file, struct err *err)
{
	cleanup_buf struct buf filled = BUF_INIT(BUF_OURS);
	struct workstation_io io = {
	    .terminal = p->terminal, .out = p->out, .arg = p->arg};
	struct judge_command command = {.output = ""};
	int64_t begin = clock_mono();
	int most;

	lesson_fill(p->lesson, text, p->values, &filled);
	command.text = filled.s;
	if (file == NULL && p->room)
		make_room(p, filled.s);
	if (p->before != NULL)
		p->before(p->arg, filled.s, file);
	most = limit(p, filled.s);
	io.limit_s = p->terminal >= 0 ? 0 : most;
	if (workstation_run(p->workstation, filled.s, &io, &command.status, err) < 0)
		return -1;
	if (p->terminal < 0 && p->patient && clock_mono() - begin >= most * NS_PER_S)
		return err_set(
		    err, ERR_LIMIT, "was ended after %d seconds: %s", most, filled.s);
	if (p->after != NULL)
		p->after(p->arg, &command);
	return 0;
}

int
play_block(struct player *p, const struct lesson_action *a, struct err *err)
{
	if (a->kind == LESSON_FILE) {
		cleanup_free char *line = write_command(a);

		if (strchr(a->file, '\'') != NULL ||
		    (a->folder != NULL && strchr(a->folder, '\'') != NULL))
			return err_set(err, ERR_INPUT, "a file's name has a quote");
		return play_line(p, line, a->file, err);
	}
	for (size_t i = 0; a->kind == LESSON_RUN && i < a->ncommands; i++)
		if (play_line(p, a->commands[i].text, NULL, err) < 0)
			return -1;
	return 0;
}

size_t
play_actions(const struct lesson_step *s, const struct lesson_action **ret)
{
	const struct lesson_part *solution = lesson_part(s, LESSON_SOLUTION, 0);
	bool own = solution == NULL || solution->nactions == 0;
	size_t n = own ? s->nactions : solution->nactions, playable = 0;

	*ret = own ? s->actions : solution->actions;
	for (size_t i = 0; i < n; i++)
		playable += (*ret)[i].kind != LESSON_SHOW;
	return playable > 0 ? n : 0;
}

int
play_step(struct player *p, const struct lesson_step *s, struct err *err)
{
	const struct lesson_action *actions;
	size_t count = play_actions(s, &actions);

	p->room = p->make_room && !wants_error(s);
	for (size_t i = 0; i < count; i++)
		if (play_block(p, &actions[i], err) < 0)
			return -1;
	return 0;
}
