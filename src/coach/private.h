/*
 * private.h - what the files of the coach share
 */
#ifndef DRYDOCK_COACH_PRIVATE_H
#define DRYDOCK_COACH_PRIVATE_H

#include "src/coach/coach.h"

/* One look at a command: what it was, what it printed, and the words of the hint that a
 * predicate has found so far. */
struct see {
	const struct coach_input *in;
	char *line;          /* trimmed */
	char *out;           /* without escape sequences and \r */
	struct vec words;    /* of the line */
	struct vec docker;   /* the words of its first docker command, behind "docker" */
	struct vec vars;     /* "NAME=value" for {NAME} in the hints */
	const json_t *scene; /* asked for once */
	bool failed;         /* ended with a status, or said so in front of a pipe */
};

struct rule {
	const char *id;
	bool any_status;  /* also after a command that succeeded, or none */
	const char *part; /* must stand in the output, or NULL */
	const char *var;  /* NULL, or {var} is what follows part, up to one of `stop` */
	const char *stop;
	bool (*fires)(struct see *s); /* NULL: the part is enough */
	const char *hint[COACH_LEVELS];
	const char *text;     /* when a document's text is at fault: said at once */
	bool text_dockerfile; /* its Dockerfile, not its line */
};

/* rules.c: the table, ended by a row without id. */
extern const struct rule coach_rules[];

/* ---- see.c ---- */

void see_open(struct see *s, const struct coach_input *in);
void see_done(struct see *s);
void see_set(struct see *s, const char *name, const char *value);
const char *see_get(const struct see *s, const char *name); /* "" when unset */
/* {name} becomes what follows `after` in text, up to one of `stop`; false if not there.
 */
bool see_take(struct see *s, const char *text, const char *name, const char *after,
    const char *stop);
/* A member of the scene; NULL when nothing is known. */
const json_t *see_scene(struct see *s, const char *key);
/* Is it `docker NAME` or `docker GROUP NAME`? */
bool see_docker(const struct see *s, const char *name);
/* Strings of a JSON array to a list. */
void see_strings(const json_t *array, struct vec *ret);
/* The nearest name, or NULL; borrowed from names. */
const char *see_nearest(const char *word, const struct vec *names);
/* The container of this name; NULL. */
const json_t *see_container(struct see *s, const char *name);
/* Who publishes this port of localhost now; NULL. */
const json_t *see_publisher(struct see *s, long long port);
/* The last words of a container, "" when it said nothing. */
const char *see_log(struct see *s, const json_t *container);
bool see_running(const json_t *container);
/* "web, which is running" and the like.  Gives. */
char *see_state(const json_t *container);
/* The port of localhost that the line asks for (curl localhost:5000), or 0. */
long long see_port(const struct see *s);

/* ---- predicates, in rules_*.c ---- */

typedef bool coach_rule(struct see *s);
coach_rule rule_prompt, rule_placeholder, rule_typographic, rule_sudo, rule_command_typo,
    rule_command_none, rule_docker_typo, rule_folder, rule_single_dash;
coach_rule rule_dot_glued, rule_no_dot, rule_dockerfile_near, rule_dockerfile_below,
    rule_dockerfile_above, rule_instruction, rule_copy, rule_copy_near, rule_copy_ignored,
    rule_upper_case, rule_pip_no_r, rule_pip_version, rule_pip_near, rule_pip_wheels,
    rule_pip_network, rule_apt_update, rule_apt_near, rule_apt_version, rule_apt,
    rule_stage_left, rule_run_cd, rule_run_server, rule_freeze, rule_compiler,
    rule_apt_stale, rule_user_permission;
coach_rule rule_port_low, rule_module, rule_port_own, rule_port_other, rule_name_taken,
    rule_image_near, rule_base_near, rule_base_none, rule_no_host, rule_image_none,
    rule_container_near, rule_options_late, rule_bound_local, rule_port_mismatch,
    rule_starting, rule_not_published, rule_nothing_runs, rule_ended, rule_ended_module,
    rule_foreground, rule_no_image, rule_interpreter, rule_old_image, rule_killed,
    rule_logs_empty;

#endif
