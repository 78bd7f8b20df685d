/*
 * options_volume.c - options of the volume commands
 *
 * Help texts are Docker's (docker/cli 28.2, cli/command/volume).
 */
#include "sandbox/docker/command.h"

const struct opt_row docker_volume_create_options[] = {
    OPT("driver", 'd', OPT_STRING, "Specify volume driver name", .initial = "local"),
    OPT("label", 0, OPT_LIST, "Set metadata for a volume"),
    OPT("name", 0, OPT_STRING, "Specify volume name", .flags = OPT_HIDDEN),
    OPT("opt", 'o', OPT_LIST, "Set driver specific options", .placeholder = "map",
	.flags = OPT_LATER),
    OPT_END,
};

const struct opt_row docker_volume_inspect_options[] = {
    OPT("format", 'f', OPT_STRING, INSPECT_FORMAT_HELP),
    OPT_END,
};

const struct opt_row docker_volume_ls_options[] = {
    OPT("filter", 'f', OPT_LIST, "Provide filter values (e.g. \"dangling=true\")",
	.placeholder = "filter"),
    OPT("format", 0, OPT_STRING, FORMAT_HELP),
    OPT("quiet", 'q', OPT_BOOL, "Only display volume names"),
    OPT_END,
};

const struct opt_row docker_volume_prune_options[] = {
    OPT("all", 'a', OPT_BOOL, "Remove all unused volumes, not just anonymous ones"),
    OPT("filter", 0, OPT_FILTER, "Provide filter values (e.g. \"label=<label>\")"),
    OPT("force", 'f', OPT_BOOL, "Do not prompt for confirmation"),
    OPT_END,
};

const struct opt_row docker_volume_rm_options[] = {
    OPT("force", 'f', OPT_BOOL, "Force the removal of one or more volumes"),
    OPT_END,
};
