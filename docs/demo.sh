#!/bin/sh
# Loads both Niger scenarios, each into a database of its own, and shows what can be asked of them.
# Usage: demo.sh POSTURE FOLDER
set -eu
posture=$1
folder=$2
article=$folder/niger-2023.db
ledger=$folder/niger-2023-ledger.db
unset POSTURE_DATABASE_URL || true

say() { printf '\n# %s\n' "$*"; }
run() { printf '$ posture %s\n' "$*"; "$posture" "$@"; }

for name in niger-2023 niger-2023-ledger; do
    "$posture" db upgrade --db "$folder/$name.db"
    "$posture" seed "$name" --db "$folder/$name.db"
done

say 'One article alone: what it says of the French forces in Niger, and the plans it names'
run report posture --db "$article" --actor fra --as-of 2023-11-09
run report plans --db "$article" --as-of 2023-11-09

say 'The same story as reports came in: at the first of them, and when the last soldiers had left'
run report posture --db "$ledger" --actor fra --as-of 2023-09-06
run report posture --db "$ledger" --actor fra --as-of 2023-12-22
run report plans --db "$ledger" --as-of 2023-12-22

say 'And what was known of October on 14 November'
run report posture --db "$ledger" --actor fra --as-of 2023-10-31 --known-at 2023-11-14

cat <<TXT

What to type next, in this folder:
  export POSTURE_DATABASE_URL=sqlite:///$(cd "$folder" && pwd)/niger-2023-ledger.db PATH="$(cd "$(dirname "$posture")" && pwd):\$PATH"
  posture show fra-ner/personnel
  posture report evidence fra-ner/personnel --as-of 2023-11-14   # why a figure is believed
  posture report brief --location ner --as-of 2023-11-14         # one page with footnotes
  posture history
  posture source add mine --title 'My report' --published-on 2023-12-28
  posture log count fra-tcd/personnel '~1000' --on 2023-12-28 --source mine --grade B2
  posture report posture --location tcd --as-of 2023-12-28
  posture undo 18        # the entry that the log command named
TXT
