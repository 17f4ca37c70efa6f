"""`posture completion`: the script that makes a shell ask us what could come next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.session import write
from posture.errors import UnknownWord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.cli.session import Session

_BASH = """\
# bash completion for posture; load it with:  eval "$(posture completion bash)"
_posture() {
    local IFS=$'\\n' words=() typed=${COMP_WORDS[COMP_CWORD]} prefix word i last
    # bash splits at "=" and ":"; put such words together again, up to the one being typed
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        last=$((${#words[@]} - 1))
        if ((last >= 0)) && { [[ $word == [=:]* ]] || [[ ${words[last]} == *[=:] ]]; } then
            words[last]+=$word
        else
            words+=("$word")
        fi
    done
    ((${#words[@]})) || words=("")
    last=$((${#words[@]} - 1))
    [[ $typed == [=:] ]] && typed=
    prefix=${words[last]%"$typed"}
    COMPREPLY=($(_POSTURE_COMPLETE=bash "${COMP_WORDS[0]}" "${words[@]}" 2>/dev/null))
    if [[ ${COMPREPLY[0]-} == "<files>" ]]; then
        COMPREPLY=($(compgen -f -- "$typed"))
        compopt -o filenames 2>/dev/null
    elif [[ -n $prefix ]]; then
        COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
    fi
}
complete -F _posture posture
"""

_ZSH = """\
#compdef posture
# zsh completion for posture; load it with:  eval "$(posture completion zsh)"
_posture() {
    local -a answers
    answers=("${(@f)$(_POSTURE_COMPLETE=zsh "${words[1]}" "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ ${answers[1]} == "<files>" ]]; then
        _files
    elif [[ -n ${answers[1]} ]]; then
        _describe -V posture answers
    fi
}
if [[ ${funcstack[1]} == _posture ]]; then _posture "$@"; else compdef _posture posture; fi
"""

_FISH = """\
# fish completion for posture; load it with:  posture completion fish | source
function __posture_complete
    set -l words (commandline -opc)
    set -l answers (_POSTURE_COMPLETE=fish $words[1] $words[2..-1] (commandline -ct) 2>/dev/null)
    if test "$answers[1]" = "<files>"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $answers
    end
end
complete -c posture -f -a '(__posture_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def completion(session: Session, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - every command gets the session
    """Print the completion script of a shell."""
    shell = given["shell"].strip().lower()
    if shell not in SCRIPTS:
        raise UnknownWord("completion for the shell", given["shell"], tuple(SCRIPTS))
    write([SCRIPTS[shell].rstrip("\n")])
