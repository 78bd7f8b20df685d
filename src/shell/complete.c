/*
 * complete.c - what may stand at the cursor
 *
 * Docker's words are a table; names come from the session, files and commands from
 * bash.  It need not be perfect: what is not offered can still be typed.
 */
#include "src/shell/private.h"
#include <ctype.h>
#include <stdlib.h>

enum names { NONE, IMAGES, CONTAINERS, RUNNING, FILES };

static const struct {
	const char *name;
	enum names arg; /* what its arguments are */
	const char *flags;
} commands[] = {
    {"build", FILES, "--tag --file --no-cache --build-arg --progress --target --label"},
    {"create", IMAGES, "--name --publish --env --rm --volume --workdir"},
    {"exec", RUNNING, "--interactive --tty --env --workdir --user"},
    {"history", IMAGES, "--no-trunc --quiet --format --human"},
    {"images", IMAGES, "--all --quiet --no-trunc --digests --filter --format"},
    {"inspect", CONTAINERS, "--format --type --size"},
    {"kill", RUNNING, "--signal"},
    {"load", FILES, "--input --quiet"},
    {"logs", CONTAINERS, "--follow --tail --timestamps --since"},
    {"port", RUNNING, ""},
    {"ps", NONE, "--all --quiet --no-trunc --latest --filter --format --size"},
    {"rename", CONTAINERS, ""},
    {"restart", CONTAINERS, "--time"},
    {"rm", CONTAINERS, "--force --volumes"},
    {"rmi", IMAGES, "--force --no-prune"},
    {"run", IMAGES,
	"--detach --publish --name --rm --env --interactive --tty --volume "
	"--workdir --user --network --entrypoint --publish-all"},
    {"save", IMAGES, "--output"},
    {"start", CONTAINERS, "--attach --interactive"},
    {"stop", RUNNING, "--time"},
    {"tag", IMAGES, ""},
    {"version", NONE, ""},
    {"wait", RUNNING, ""},
};

static void
add_matching(struct vec *ret, const char *candidate, const char *word)
{
	if (str_starts(candidate, word) && !vec_has(ret, candidate))
		vec_add(ret, candidate);
}

/* "docker.io/library/web:latest" as people write it. */
static void
add_image(struct vec *ret, const char *canonical, const char *word)
{
	const char *hub = str_after(canonical, "docker.io/");
	const char *official = hub != NULL ? str_after(hub, "library/") : NULL;
	const char *shown = official ? official : hub ? hub : canonical;
	cleanup_free char *bare = xstrdup(shown);

	if (str_ends(bare, ":latest"))
		bare[strlen(bare) - strlen(":latest")] = '\0';
	add_matching(ret, strchr(word, ':') != NULL ? shown : bare, word);
}

static void
add_images(struct shell *sh, const char *word, struct vec *ret)
{
	cleanup_session_images struct session_images images = {0};

	if (session_images(sandbox_session(sh->sandbox), &images, NULL) < 0)
		return;
	for (size_t i = 0; i < images.len; i++)
		for (size_t k = 0; k < images.list[i].tags.len; k++)
			add_image(ret, images.list[i].tags.v[k], word);
}

static void
add_containers(struct shell *sh, bool running, const char *word, struct vec *ret)
{
	struct session *s = sandbox_session(sh->sandbox);
	cleanup_vec struct vec ids = VEC_INIT;

	if (container_list(s, &ids, NULL) < 0)
		return;
	for (size_t i = 0; i < ids.len; i++) {
		cleanup_container_config struct container_config *c = NULL;
		cleanup_container_state struct container_state state = {0};

		if (container_load(s, ids.v[i], &c, NULL) < 0)
			continue;
		if (running && (container_state(s, ids.v[i], &state, NULL) < 0 ||
				   state.status != CONTAINER_RUNNING))
			continue;
		add_matching(ret, c->name, word);
	}
}

static void
complete_docker(
    struct shell *sh, const struct vec *before, const char *word, struct vec *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		cleanup_vec struct vec flags = VEC_INIT;

		if (before->len == 1)
			add_matching(ret, commands[i].name, word);
		if (before->len < 2 || !str_eq(before->v[1], commands[i].name))
			continue;
		vec_split(&flags, commands[i].flags, " ");
		for (size_t k = 0; word[0] == '-' && k < flags.len; k++)
			add_matching(ret, flags.v[k], word);
		if (word[0] == '-' || sh->sandbox == NULL)
			return;
		if (commands[i].arg == IMAGES || str_eq(commands[i].name, "inspect"))
			add_images(sh, word, ret);
		if (commands[i].arg == CONTAINERS || commands[i].arg == RUNNING)
			add_containers(sh, commands[i].arg == RUNNING, word, ret);
	}
}

/* Where the command begins that the cursor is in. */
static size_t
command_start(const char *line, size_t start)
{
	size_t at = start;

	while (at > 0 && strchr("|;&(", line[at - 1]) == NULL)
		at--;
	return at;
}

void
complete_line(
    void *shell, const char *line, size_t start, const char *word, struct vec *ret)
{
	struct shell *sh = shell;
	size_t from = command_start(line, start);
	cleanup_free char *head = xstrndup(line + from, start - from);
	cleanup_vec struct vec before = VEC_INIT;
	bool command;

	vec_split(&before, head, " \t\n");
	if (before.len > 0 && str_eq(before.v[0], "sudo"))
		vec_remove(&before, 0);
	command = before.len == 0;
	if (command && from == 0)
		words_complete(word, ret);
	if (before.len > 0 && str_eq(before.v[0], "docker"))
		complete_docker(sh, &before, word, ret);
	if (command && word[0] == '\0')
		return; /* every command there is would help nobody */
	if (ret->len == 0 || command || strchr(word, '/') != NULL)
		workstation_complete(sh->workstation,
		    command && strchr(word, '/') == NULL ? WORKSTATION_COMMANDS
							 : WORKSTATION_FILES,
		    word, ret, NULL);
}
