"""What must hold before a byte is written. Reads the plan and the rendered text; must not know how the text was made.

1. `text`: the text, parsed back by two parsers, is the tree that was printed.
   `schema`: it is what the providers take, and refers to nothing that is not there.
2. `complete`: nothing is made that no proof reads; `published`: the policies of the text, and who holds them, are those
   that were planned; `harness`: so is what the harness is given; `validations`: what the text gives a variable, its
   validations accept.
3. `sufficient`: each action exists, and all that AWS checks for it is granted.
4. `necessary`: each statement is there for a feature that the posture uses, and `*` only where AWS offers no resource.
   `limits`: the policies fit into IAM, also where they are divided for that; a boundary contains its role's policy.
5. `calls`: each API call that the sheets list is allowed, and each grant serves one.
6. `claims`: what the posture expects of the policies holds.
7. `reach`: what features connect to can be reached, through endpoints whose policies let it pass, and nothing else.
8. `decisions`: calls that the posture names get the decision that it expects.

Proofs 3 to 8 are asked of the plan with the statements of the text in it. A failure of 1 or 2 is a bug of tfgen
(`InternalError`); one of 3 to 8 is a finding.
"""
