"""What counts: sentences written for these tests, each with whether the rule holds."""

import pytest

from edge_runtime.rules.expression import parse
from edge_runtime.rules.tokens import tokens

_PLURALS = """
dog | two dogs chase a ball | yes
dogs | a dog sleeps on a rug | yes
man | three men wait for a bus | yes
men | a man reads a map | yes
woman | several women sing | yes
child | children build a snowman | yes
children | a child waves | yes
person | people queue outside | yes
people | a person sits alone | yes
mouse | two mice in a box | yes
goose | geese cross a lane | yes
foot | bare feet on a deck | yes
tooth | a shark shows its teeth | yes
leaf | red leaves cover the lawn | yes
knife | knives hang on a wall | yes
wolf | wolves howl in the snow | yes
shelf | shelves full of jars | yes
scarf | two girls in scarves | yes
sheep | a flock of sheep on a hill | yes
fish | many fish swim in a tank | yes
bus | two buses stop at a light | yes
box | boxes are stacked in a hall | yes
dress | women in long dresses dance | yes
bench | benches line the path | yes
pony | ponies graze near a fence | yes
cookie | cookies cool on a tray | yes
movie | a poster for two movies | yes
tomato | a bowl of tomatoes | yes
shoe | a pair of shoes by the door | yes
horse | horses run along the shore | yes
glove | a pair of gloves on a bench | yes
wave | waves break on the rocks | yes
fireman | firemen hold a hose | yes
grass | a cow stands in the grass | yes
gas | a gas station at night | yes
car | a boy in a cap | no
cap | a girl in a cape | no
star | a man stares at the sky | no
"""
_FORMS = """
run | a dog runs along a beach | yes
running | a boy ran down a hill | yes
runs | two girls are running | yes
sitting | a cat sits on a sill | yes
sit | seated women drink tea | yes
swim | a man is swimming | yes
ride | she rode a pony | yes
eat | a panda eating bamboo | yes
lying | a dog lies on the deck | yes
carry | a woman carries a basket | yes
jumping | a horse jumps a fence | yes
smile | a smiling nurse | yes
throw | he threw the ball | yes
hold | a clown holding balloons | yes
"""
_SYNONYMS = """
person | a man rides a bike | yes
person | a toddler plays on the floor | yes
person | a skateboarder on a ramp | yes
person | a lady with a dog | yes
person | police stand at a corner | yes
person | a crowd in a square | yes
person | someone is at the door | yes
man | a person walks by | no
woman | a person walks by | no
man | a guy with a guitar | yes
man | a boy with a kite | no
child | a baby in a crib | yes
child | a kid on a swing | yes
kid | two children share a drink | yes
baby | an infant asleep on a bed | yes
couch | a cat on a sofa | yes
sofa | a man naps on a couch | yes
bicycle | a bike leans on a wall | yes
bike | a bicycle in a hall | yes
vehicle | a truck in a ditch | yes
car | a taxi waits outside | yes
taxi | a car waits outside | no
car | a truck waits outside | no
animal | a puppy chews a slipper | yes
animal | cows near a barn | yes
dog | a husky pulls a sled | yes
dog | a kitten in a basket | no
bird | a seagull on a post | yes
horse | a foal beside its mother | yes
furniture | an armchair in a corner | yes
fruit | bananas in a bowl | yes
food | a slice of pizza | yes
television | a tv on a stand | yes
phone | a boy with a cell phone | yes
hotdog | two hot dogs on buns | yes
motorcycle | a motorbike on gravel | yes
airplane | a plane above the clouds | yes
clothing | a row of jackets | yes
gray | a grey cat | yes
boat | a kayak on a river | yes
"""
_NEGATION = """
person | no people visible | no
person | an empty street with no people | no
person | a beach without a person on it | no
person | a room without any people | no
person | there is nobody in the yard | no
person | no one is in the room | no
person | there are no cars, but a man stands there | yes
person | no person or animal can be seen | no
animal | no person or animal can be seen | no
person | a deserted parking lot | no
person | a person is not visible | no
person | the driver is not in sight | no
person | an alley devoid of people | no
person | a square empty of people | no
person | people are nowhere to be seen | no
car | a road without cars or trucks | no
truck | a road without cars or trucks | no
dog | no cats and a dog on a bed | yes
cat | no cats and a dog on a bed | no
dog | a wolf, not a dog, in the snow | no
hat | a man without a hat rides a horse | no
horse | a man without a hat rides a horse | yes
hat | a boy is not wearing a hat | no
leash | a dog not on a leash | no
dog | a dog not on a leash | yes
dog | a cat instead of a dog | no
person | nothing but a man on a bench | yes
dog | neither a dog nor a cat is there | no
cat | neither a dog nor a cat is there | no
person | there isn't a person here | no
bridge | a bridge with no railings | yes
railing | a bridge with no railings | no
sign | a no parking sign on a pole | yes
person | not only a dog but also a man | yes
helmet | a girl rides without wearing a helmet | no
swim | no one is swimming in the pool | no
pool | no one is swimming in the pool | yes
not person | no people visible | yes
not person | a man at a gate | no
dog and not person | a dog without its owner | yes
dog and not person | a dog beside its owner | no
dog and not person | a dog in an empty room | yes
"""
_COMPOUNDS = """
dog | a boy eats a hot dog | no
bear | a teddy bear on a pillow | no
bear | a polar bear on the ice | yes
animal | a stuffed animal on a couch | no
fire | a fire hydrant on a corner | no
fire | a fire truck in a street | no
truck | a fire truck in a street | yes
fire | two men around a fire | yes
dog | man's best friend on a rug | yes
man | man's best friend on a rug | no
dog | a dog-shaped balloon | no
person | a people-free beach | no
snow | a snow-covered roof | yes
dog | a dog house in a yard | no
dog | a dog collar on a nail | no
train | the hall of a train station | no
bus | a bench at a bus stop | no
horse | a statue of a horse | no
horse | a bronze horse in a square | no
person | a statue of a woman | no
person | a snow man in a garden | no
car | a toy car on the floor | no
truck | a child with a toy truck | no
bird | a bird house on a tree | no
cat | a cat in a bird house | yes
person | a baby elephant drinks | no
person | a zebra and its baby | no
person | an adult giraffe | no
child | a mother bear with her young | no
person | a mother with her baby | yes
person | a family of ducks | no
person | a couple of chairs | no
person | a crowd of people | yes
person | a record player on a shelf | no
person | a pitcher of water | no
person | a passenger train | no
person | the door of the men's room | no
plate | a runner slides into home plate | no
stop | a stop sign | no
animal | a computer mouse on a desk | no
animal | grilled chicken with rice on a plate | no
food | grilled chicken with rice on a plate | yes
animal | a chicken in a yard | yes
cat | a cat-like statue | no
dog | a german shepherd in a field | yes
person | a german shepherd in a field | no
lion | a sea lion on a pier | no
run | a pair of running shoes | no
swim | an empty swimming pool | no
fruit | an orange shirt on a line | no
fruit | an orange on a plate | yes
fruit | a man in orange | no
"""
_THINGS_AND_DOINGS = """
watch | a man watches a game | no
watching | a man watches a game | yes
watch | a man wears a gold watch | yes
watch | people watch a parade | no
watch | a shelf of watches | yes
bat | she bats for her team | no
bat | a boy swings a bat | yes
park | a van parked at a curb | no
park | a bench in a park | yes
parked | a man parks his car | yes
train | a dog trains with its owner | no
train | a train at a platform | yes
fish | two men fishing from a boat | no
fishing | a man fishes from a pier | yes
dress | a woman dressed in black | no
leaf | a bus leaves the station | no
face | a man faces the sea | no
tie | a dog tied to a pole | no
tie | a man in a red tie | yes
rock | children rock climbing indoors | no
building | men building a wall | no
building | a tall building | yes
cook | a woman cooks soup | no
plant | a woman plants seeds | no
head | riders head down a trail | no
can | people can be seen in a window | no
can | a soda can on a table | yes
glass | a boy wearing glasses | no
glass | a glass of water | yes
glasses | a man with glasses reads | yes
person | she bats | yes
board | people board a plane | no
"""
_EXPRESSIONS = """
dog and (couch or sofa) and not person | a dog sleeps on a couch | yes
dog and (couch or sofa) and not person | a dog on a sofa next to a man | no
dog and (couch or sofa) and not person | a dog on a rug | no
"hot dog" | two hot dogs on a grill | yes
"hot dog" | a dog on a hot day | no
'black dog' | a black dog barks | yes
'black dog' | a dog with a black collar | no
man or woman | a nurse with a mask | no
not (dog or cat) | a horse in a field | yes
not not dog | a dog barks | yes
Dog AND Cat | a cat beside a dog | yes
t-shirt | a man in a t-shirt | yes
"""


def _cases(text: str) -> list[tuple[str, str, bool]]:
    rows = [line.split(" | ") for line in text.strip().splitlines()]
    return [(rule, sentence, truth == "yes") for rule, sentence, truth in rows]


_ALL = [
    case
    for text in (_PLURALS, _FORMS, _SYNONYMS, _NEGATION, _COMPOUNDS, _THINGS_AND_DOINGS, _EXPRESSIONS)
    for case in _cases(text)
]


@pytest.mark.parametrize(("rule", "sentence", "holds"), _ALL, ids=lambda value: str(value))
def test_a_rule_holds_of_a_sentence(rule: str, sentence: str, holds: bool) -> None:
    assert parse(rule).matches(tokens(sentence)) is holds


def test_there_are_enough_of_them() -> None:
    assert len(_ALL) > 200
    assert len({(rule, sentence) for rule, sentence, _ in _ALL}) == len(_ALL)


def test_the_model_s_own_words_are_read_as_a_text_is() -> None:
    words = ("a", "man", "'s", "dog", "without", "a", "leash")
    assert parse("dog and not leash").matches(words)
    assert not parse("leash").matches(words)


def test_of_no_words_nothing_is_known() -> None:
    assert not parse("not person").matches(())
    assert parse("*").matches(())


def test_another_language_is_compared_by_whole_words() -> None:
    expression = parse("hund and not katze", "de")
    assert expression.matches(["Ein", "Hund", "schläft"])
    assert not expression.matches(["ein", "hund", "und", "eine", "katze"])
    assert not parse("hund", "de").matches(["zwei", "hunde"])
