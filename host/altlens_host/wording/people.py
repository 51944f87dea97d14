"""The words that the rules of `neutral` are about; the lists are our own."""

WORDS = {
    "person": "man woman guy lady gentleman dude gal",
    "people": "men women guys ladies gentlemen males females dudes gals mankind",
    "child": "boy girl schoolboy schoolgirl",
    "children": "boys girls schoolboys schoolgirls",
    "parent": "mother father mom dad mum mommy daddy",
    "parents": "mothers fathers moms dads mums",
    "grandparent": "grandmother grandfather grandma grandpa",
    "sibling": "brother sister",
    "siblings": "brothers sisters",
    "spouse": "husband wife",
    "partner": "boyfriend girlfriend",
    "newlywed": "bride groom",
    "police officer": "policeman policewoman",
    "police officers": "policemen policewomen",
    "firefighter": "fireman firewoman",
    "firefighters": "firemen firewomen",
    "angler": "fisherman",
    "anglers": "fishermen",
    "business person": "businessman businesswoman",
    "business people": "businessmen businesswomen",
    "salesperson": "salesman saleswoman",
    "sportsperson": "sportsman sportswoman",
    "server": "waiter waitress",
    "performer": "actor actress showgirl",
    "they": "he she",
    "them": "him",
    "their": "his her",
    "theirs": "hers",
    "themself": "himself herself",
}
MARKERS = (
    "african american",
    "african-american",
    "american indian",
    "native american",
    "asian",
    "caucasian",
    "hispanic",
    "latino",
    "latina",
    "chinese",
    "japanese",
    "korean",
    "indian",
    "arab",
    "arabic",
    "african",
    "mexican",
    "european",
    "muslim",
    "islamic",
    "christian",
    "jewish",
    "hindu",
    "buddhist",
    "amish",
    "oriental",
    "middle eastern",
    "middle-eastern",
    "dark-skinned",
    "dark skinned",
    "light-skinned",
    "light skinned",
    "black-skinned",
)
PEOPLE = (
    "person|people|child|children|parent|parents|newlywed|adult|adults|kid|kids|teenager|teenagers|"
    "toddler|toddlers|baby|babies|youth|youths|couple|family|lad|sibling|siblings"
)

ANIMALS = (
    "lion|lions|duck|ducks|deer|elk|moose|bird|birds|dog|dogs|cat|cats|goat|goats|sheep|swan|"
    "elephant|elephants|monkey|monkeys|gorilla|bear|bears|horse|horses|peacock|pheasant|cardinal"
)
