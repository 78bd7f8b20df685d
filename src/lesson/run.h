/*
 * run.h - between run.c, prompt.c, looks.c and spoken.c (private)
 */
#ifndef DRYDOCK_LESSON_RUN_H
#define DRYDOCK_LESSON_RUN_H

#include "src/lesson/part.h"

/* ROOT: "# ", which may be a remark as well; CONTAINER: of a shell in a container. */
enum prompt { PROMPT_NONE, PROMPT_USER, PROMPT_ROOT, PROMPT_CONTAINER };

/* The prompt at the beginning of the line: its kind, and its length with its blanks. */
enum prompt prompt_of(const char *line, size_t *ret_len);

/* Does the line begin with a word that this program knows as a command? */
bool run_command_follows(const char *s);
/* With a command of a system that tutorials are written on, or what must be one ("./x",
 * "A=b")?  More words than the above, some of them English ones. */
bool run_is_known_tool(const char *line);
/* Is it a command of docker, not talk about it ("docker is ...")? */
bool run_is_docker(const char *line);
/* Nothing that is typed looks like this. */
bool run_looks_like_output(const char *line);
/* Behind output, without a prompt: is this a command again? */
bool run_is_command_again(const char *line, bool after_blank);
/* "docker run [OPTIONS] IMAGE", "docker tag <a> <b>": a form, not a command. */
bool run_is_synopsis(const char *s);
/* Has a docker command all that it needs?  "docker run" alone is a name. */
bool run_is_whole(const char *command);

#endif
