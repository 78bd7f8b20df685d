/*
 * words.h - the words of recipes that need more than a line of code
 */
#ifndef DRYDOCK_SETUP_WORDS_H
#define DRYDOCK_SETUP_WORDS_H

#include "sandbox/setup/recipe.h"

/* Each does its line; the contracts are in recipe.h. */
int word_accounts(struct kitchen *k, const struct recipe_line *line, struct err *err);
int word_merged_usr(struct kitchen *k, const struct recipe_line *line, struct err *err);
int word_certificates(struct kitchen *k, const struct recipe_line *line, struct err *err);
int word_unpack(struct kitchen *k, const struct recipe_line *line, struct err *err);
int word_wheel(struct kitchen *k, const struct recipe_line *line, struct err *err);
int word_record(struct kitchen *k, const struct recipe_line *line, struct err *err);
int word_hello(struct kitchen *k, const struct recipe_line *line, struct err *err);

#endif
