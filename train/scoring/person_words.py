"""Words for people, phrases that only seem to name one, and what stands around them: data of `train.scoring.people`.

Names are in the singular, plurals are made by rule. Left out are words that as often mean something else: diner, speaker,
camper, model, staff, king, queen, twin.
"""

from train.scoring.colours import COLOURS


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PEOPLE = (
    # Of any age and sex.
    "person, persons, man, woman, boy, girl, child, kid, baby, lady, guy, gal, gentleman, human, human being, adult, toddler, "
    "infant, newborn, teen, teenager, adolescent, preschooler, youth, youngster, senior citizen, male, female, individual, folk, "
    "dude, fellow, fella, bloke, lad, buddy, tot, somebody, someone, everybody, everyone, "
    # Family and friends.
    "mother, mom, mommy, mama, momma, father, dad, daddy, papa, parent, son, daughter, brother, sister, sibling, husband, "
    "wife, spouse, partner, grandmother, grandma, granny, grandfather, grandpa, grandparent, grandchild, grandson, "
    "granddaughter, uncle, aunt, niece, nephew, cousin, boyfriend, girlfriend, bride, groom, bridesmaid, groomsman, newlywed, "
    "couple, family, friend, guest, neighbor, classmate, roommate, teammate, opponent, "
    # Many.
    "crowd, audience, team, crew, choir, orchestra, marching band, rock band, jazz band, band member, crew member, team member, "
    "family member, staff member, "
    # Sport.
    "player, ball player, ballplayer, athlete, surfer, kite surfer, windsurfer, wakeboarder, bodyboarder, boarder, skateboarder, "
    "skater, rollerblader, rollerskater, skier, jet skier, water skier, waterskier, snowboarder, snowmobiler, sledder, rider, "
    "biker, cyclist, bicyclist, motorcyclist, bicycler, racer, jockey, rower, kayaker, canoer, canoeist, paddler, rafter, sailor, "
    "swimmer, diver, snorkeler, skydiver, parasailer, climber, hiker, backpacker, mountaineer, runner, jogger, sprinter, hurdler, "
    "batter, hitter, batsman, cricketer, catcher, pitcher, baseball pitcher, fielder, outfielder, infielder, baseman, shortstop, "
    "umpire, referee, goalie, goalkeeper, quarterback, linebacker, wide receiver, footballer, tackler, defender, golfer, gymnast, "
    "acrobat, wrestler, boxer, fencer, matador, bullfighter, bodybuilder, cheerleader, football coach, baseball coach, "
    "basketball coach, soccer coach, tennis coach, head coach, base coach, trainer, instructor, competitor, contestant, "
    "participant, hunter, horseman, horsewoman, "
    # On the way, and looking on.
    "pedestrian, driver, motorist, passenger, commuter, tourist, traveler, visitor, passerby, passersby, spectator, onlooker, "
    "bystander, observer, protester, shopper, customer, beachgoer, sunbather, reveler, volunteer, villager, "
    # At work.
    "worker, workman, repairman, employee, policeman, policewoman, officer, cop, police, sheriff, security guard, guard, trooper, "
    "soldier, serviceman, fireman, firewoman, firefighter, paramedic, lifeguard, pilot, captain, stewardess, fisherman, "
    "fisherwoman, farmer, rancher, cowboy, cowgirl, hostess, businessman, businesswoman, businessperson, salesman, saleswoman, "
    "salesperson, chef, cook, baker, butcher, waiter, waitress, server, bartender, barista, vendor, merchant, cashier, clerk, "
    "barber, hairdresser, maid, janitor, mechanic, carpenter, plumber, electrician, painter, doctor, surgeon, nurse, dentist, "
    "veterinarian, scientist, student, pupil, schoolboy, schoolgirl, schoolchild, teacher, artist, actor, actress, performer, "
    "entertainer, dancer, ballerina, musician, singer, vocalist, guitarist, drummer, violinist, pianist, saxophonist, juggler, "
    "magician, clown, photographer, cameraman, reporter, journalist, politician, president, tour guide, guide, monk, nun, priest, "
    "pastor, bishop"
)
"""Words and phrases for a person."""

PEOPLE_TRAPS = (
    "cowboy hat, cowboy boot, man made, man hole, man cave, snow man, gingerbread man, lego man, toy soldier, record player, "
    "cd player, dvd player, mp3 player, music player, video player, media player, water pitcher, glass pitcher, pitcher of, "
    "pitcher 's mound, pitchers mound, passenger seat, passenger side, passenger door, driver seat, driver 's seat, "
    "driver 's side, screw driver, police station, police box, police tape, police line, crowd control, crew cut, table runner, "
    "carpet runner, rug runner, dream catcher, of batter, for everyone to see, barber shop, orchestra pit, "
    "daddy long legs, granny panties, boxer short, hunter green, pilot light, sailor hat, sailor cap, "
    "butcher block, barber pole, guide wire, guide rope, guide rail, guard rail, guard tower, guard house, server rack, "
    "lady bug, lady finger, ladies room, mens room, womens room, baby stroller, baby carriage, baby carrier, baby trailer, "
    "baby buggy, baby bottle, baby crib, baby bed, baby seat, baby swing, newborn litter, baby gate, baby grand, baby pool, baby powder, "
    "baby wipe, baby oil, baby monitor, baby food, baby doll, baby toy, baby clothes, baby shoe, baby corn, baby spinach, "
    "baby tomato, baby breath, baby 's breath, baby blue, child seat, child 's seat, child size, child sized, child proof, "
    "kid size, kid sized, kid friendly, adult size, adult sized, family friendly, family style"
)
"""Phrases that hold such a word and name nobody."""
SINGULAR_TRAPS = frozenset(("baby swing", "of batter"))
"""Those of them whose plural says something else: a baby swings."""

AGES = _set(
    "baby babies newborn newborns infant infants youth youngster youngsters adult adults mother mothers mom moms "
    "mommy mama momma father fathers dad dads daddy papa parent parents male males female females son daughter "
    "brother brothers sister sisters sibling siblings"
)
"""Words that an animal is called too."""
YOUNG = _set("baby babies newborn newborns mother mothers parent parents")
"""Those of them that are an animal's behind `and a`, too."""
CHILDREN = _set("child children kid kids")
"""What an animal's young are called only where they are said to be its own."""
OWNERS = _set("her their his with")
"""Words between an animal, or somebody, and its young; `its` says that it is an animal's."""
SOME = _set("a an the one two three four some several another")
DESCRIPTIONS = frozenset(COLOURS) | _set(
    "big small little large huge giant tiny tall short long wide young old older younger new cute adorable beautiful "
    "pretty happy fat skinny fluffy furry fuzzy hairy shaggy spotted striped dark light bright pale colorful "
    "colourful wild tame domestic african asian indian american canadian mountain sea water farm stuffed plush toy "
    "wooden plastic metal clean dirty empty full open closed parked modern antique vintage more different other very "
    "express electric professional"
)
"""Words that may stand between one word and the noun that it belongs to."""

PURPOSES = _set(
    "passenger commuter tourist police guest visitor visitors student farmer farmers family team crew worker customer "
    "doctor doctors dentist barber fisherman"
)
"""People that a thing is for."""
FOR_PURPOSES = _set(
    "vehicle cruiser helicopter carriage liner rail trailer wagon cart shuttle craft market marketplace office house "
    "home cabin kitchen lounge compartment window terminal platform area section sign loading location attraction "
    "destination site spot town center parking"
)
"""What is for them beside rooms and objects, in the singular."""
OBJECTS_FOR_PURPOSES = _set("car bus train truck boat airplane motorcycle bicycle bed chair bench") | {"dining table"}
ROOMS = _set(
    "room bathroom restroom washroom bedroom toilet urinal lavatory dormitory locker nursery playroom toy clothes "
    "clothing playground"
)
"""What is somebody's who is not there by it, and the same of things that stand for sale or lie about."""
CHILD_OWNERS = CHILDREN | _set("baby babies toddler boy boys girl girls men women ladies")
BELONGINGS = _set(
    "crib playhouse play book bike bicycle tricycle scooter chair table desk bed bunk store shop market department "
    "section museum menu meal drawing artwork cup mug"
)
"""What is said to be `children 's` by its kind."""

GROUPS = _set("couple couples crowd crowds team teams family families audience crew crews")
"""Words for several people, which several animals or things are called too."""
NUMBERS = _set("two three four five six seven eight nine ten twelve")
COUNTED = _set(
    "glasses plates pillows trees flowers windows bags boxes buildings pictures pots pans slices pieces lamps drinks "
    "towels doors candles papers wines beers poles bushes buckets baskets computers screens houses toys things items "
    "tomatoes vegetables fruits pastries eggs cookies paintings posters planters"
)
"""Things that are no object of COCO's, of which there are `a couple`."""
VERBS_TOO = _set("bikes bicycles skis snowboards skateboards kayaks canoes boats trains ships")
"""Plurals that are something people do as well: `a couple bikes to work`."""
ENDS = _set(
    "and or with in on at by near next to from for under over behind beside between through around along down up that "
    "who which is are was were sits sit stands stand poses pose walks walk"
)
"""Words behind which nothing more is said of what a group is of."""

DONE_TOO = _set("cook cooks nurse nurses groom grooms guide guides guard guards")
"""Words for people that are also something that is done: `a cat grooms itself`."""
BEFORE_NOUNS = SOME | NUMBERS | _set("many few his her their of with as by for from")
"""Words that such a word is a noun behind."""
ONE = _set("a an one another")
BASEBALL = _set(
    "ball baseball softball mound pitch pitches pitching pitched throw throws throwing threw batter catcher umpire "
    "player players team teams bat glove field game league uniform inning innings wind winds winding sox hitter"
)
"""Words around a `pitcher` who throws."""
JUG = _set(
    "water juice milk tea lemonade beer wine cream syrup liquid drink drinks ice pour pours pouring poured filled "
    "flower flowers plant plants rose roses tulips lilies daisies vase vases bowl bowls cup cups glass glasses plate "
    "plates table counter shelf basin tray kettle ceramic porcelain silver metal plastic clay china antique "
    "decorative"
)
"""Words around one that is poured from, where none of the others is."""
